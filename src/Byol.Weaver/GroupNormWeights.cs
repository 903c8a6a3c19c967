using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Byol.Weaver;

/// <summary>Sets the weights of a new <c>GroupNorm</c> to 1 and 0. TorchSharp 0.107 leaves in them what lay in memory: often 0 or tiny, at times
/// NaN. Its other norms set theirs.</summary>
internal static class GroupNormWeights
{
    /// <summary>Rewrites its constructor, unless this TorchSharp sets them itself.</summary>
    /// <param name="module">TorchSharp.</param>
    public static void Set(ModuleDefinition module)
    {
        if (module.GetType("TorchSharp.Modules.GroupNorm") is not { } type || type.Methods.Any(m => m.Name == "reset_parameters")) return;
        var constructor = type.Methods.Single(m => m.IsConstructor);
        var affine = constructor.Parameters.Single(p => p.Name == "affine");
        var init = module.GetType("TorchSharp.torch/nn/init");
        var body = constructor.Body;
        body.SimplifyMacros();
        var end = body.Instructions[^1];
        var il = body.GetILProcessor();
        var skip = Instruction.Create(OpCodes.Ret);
        (end.OpCode, end.Operand) = (OpCodes.Ldarg, affine);      // branches to the end lead here
        il.Append(Instruction.Create(OpCodes.Brfalse, skip));
        Fill("get_weight", "ones_");
        Fill("get_bias", "zeros_");
        il.Append(skip);
        body.OptimizeMacros();

        void Fill(string parameter, string with)
        {
            il.Append(Instruction.Create(OpCodes.Ldarg, body.ThisParameter));
            il.Append(Instruction.Create(OpCodes.Call, type.Methods.Single(m => m.Name == parameter)));
            il.Append(Instruction.Create(OpCodes.Call, init.Methods.Single(m => m.Name == with && m.Parameters.Count == 1)));
            il.Append(Instruction.Create(OpCodes.Pop));
        }
    }
}
