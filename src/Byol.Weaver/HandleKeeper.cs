using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Byol.Weaver;

/// <summary>Makes every object live until the method that reads its native handle returns.</summary>
/// <remarks>
/// <para>TorchSharp reads a handle and passes it to libtorch: <c>THSTensor_add_scalar(Handle, value.Handle)</c>. Nothing mentions the
/// object afterwards, so the garbage collector may take it, and its finalizer free the handle, while libtorch still works with it.</para>
/// <para>Each read <c>object.Handle</c> becomes <c>(keep = object).Handle</c>, and each return is preceded by
/// <c>GC.KeepAlive(keep)</c>. Where the handles of a collection are read, that is done elsewhere, so a method that calls
/// libtorch keeps its arrays and collections too.</para>
/// </remarks>
internal sealed class HandleKeeper
{
    private readonly ModuleDefinition _module;
    private readonly MethodReference _keepAlive;

    public HandleKeeper(ModuleDefinition module)
    {
        _module = module;
        var types = module.TypeSystem;
        _keepAlive = new MethodReference("KeepAlive", types.Void, new TypeReference("System", "GC", module, types.CoreLibrary));
        _keepAlive.Parameters.Add(new(types.Object));
    }

    /// <summary>Rewrites every method of the module.</summary>
    /// <returns>How many reads of a handle are kept now.</returns>
    public int KeepAll() => _module.GetTypes().SelectMany(t => t.Methods).Where(m => m.HasBody && !IsHandle(m)).Sum(Keep);

    private int Keep(MethodDefinition method)
    {
        var body = method.Body;
        var reads = body.Instructions.Where(ReadsHandle).ToList();
        var collections = reads.Count > 0 || body.Instructions.Any(CallsLibtorch) ? method.Parameters.Where(IsCollection).ToList() : [];
        if (reads.Count + collections.Count == 0) return 0;

        body.SimplifyMacros();   // short branches may not reach any more
        body.InitLocals = true;  // a read that was not come to keeps null
        var kept = collections.ConvertAll(c => Instruction.Create(OpCodes.Ldarg, c));
        foreach (var read in reads)
        {
            var keep = new VariableDefinition(_module.TypeSystem.Object);
            body.Variables.Add(keep);
            kept.Add(Instruction.Create(OpCodes.Ldloc, keep));
            Precede(body, read, Instruction.Create(OpCodes.Dup), Instruction.Create(OpCodes.Stloc, keep));
        }
        foreach (var exit in body.Instructions.Where(i => i.OpCode == OpCodes.Ret).ToList())
            Precede(body, exit, [.. kept.SelectMany(k => new[] { Copy(k), Instruction.Create(OpCodes.Call, _keepAlive) })]);
        body.OptimizeMacros();
        return reads.Count;
    }

    // The instruction itself becomes the first of the new ones, so that branches and handlers that lead to it lead there.
    private static void Precede(MethodBody body, Instruction instruction, params Instruction[] before)
    {
        var at = body.Instructions.IndexOf(instruction);
        var moved = Copy(instruction);
        (instruction.OpCode, instruction.Operand) = (before[0].OpCode, before[0].Operand);
        foreach (var next in before.Skip(1).Append(moved)) body.Instructions.Insert(++at, next);
    }

    private static Instruction Copy(Instruction instruction)
    {
        var copy = Instruction.Create(OpCodes.Nop);
        (copy.OpCode, copy.Operand) = (instruction.OpCode, instruction.Operand);
        return copy;
    }

    // A pointer taken out of the one object on top of the stack.
    private bool ReadsHandle(Instruction i) => i.Operand switch
    {
        MethodReference { HasThis: true, Parameters.Count: 0 } called => IsPointer(called.ReturnType)
            && (called.Name == "DangerousGetHandle" || IsOurClass(called.DeclaringType)),
        FieldReference field => i.OpCode == OpCodes.Ldfld && IsPointer(field.FieldType) && IsOurClass(field.DeclaringType),
        _ => false
    };

    private bool IsOurClass(TypeReference type) => type.Scope == _module && !type.Resolve().IsValueType;

    // The getter gives the handle away: its caller keeps the object, and it stays small enough to be inlined.
    private static bool IsHandle(MethodDefinition method) => method.IsGetter && IsPointer(method.ReturnType);

    private static bool IsPointer(TypeReference type) => type.FullName == "System.IntPtr";

    // Directly, or with the handles of a collection.
    private static bool CallsLibtorch(Instruction i) => i.Operand is MethodReference called
        && (called.DeclaringType.Name == "NativeMethods" || called.ReturnType is ArrayType handles && IsPointer(handles.ElementType));

    private static bool IsCollection(ParameterDefinition parameter) =>
        parameter.ParameterType is ArrayType or GenericInstanceType { IsValueType: false };
}
