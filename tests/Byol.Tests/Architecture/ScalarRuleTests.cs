using Mono.Cecil;
using Mono.Cecil.Cil;
using TorchSharp;

namespace Byol.Tests.Architecture;

/// <summary>TorchSharp's Scalar has a finalizer, and nothing keeps an implicit one alive during its native call: another thread's garbage
/// collection frees it under the running operator. These tests read our own IL and TorchSharp's, and fail where that could
/// happen.</summary>
public sealed class ScalarRuleTests
{
    private static readonly AssemblyDefinition TorchSharpAssembly = AssemblyDefinition.ReadAssembly(typeof(torch).Assembly.Location);

    private static readonly List<MethodDefinition> OurMethods =
        [.. new[] { "Byol.dll", "Byol.Cli.dll" }
            .SelectMany(f => AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, f)).MainModule.GetTypes())
            .SelectMany(t => t.Methods).Where(m => m.HasBody)];

    [Fact]
    public void Every_Scalar_of_ours_is_held_in_a_variable_during_its_call()
    {
        var scalars = Calls(OurMethods).Where(c => MakesScalar(c.Called)).ToList();
        Assert.NotEmpty(scalars);
        Assert.All(scalars, c => Assert.True(
            c.Instruction.Next.OpCode.Name is var next && (next.StartsWith("stloc", StringComparison.Ordinal) || next == "stfld"),
            $"{c.Caller.FullName} passes a Scalar that nothing holds; write using Scalar x = …; first."));
    }

    [Fact]
    public void No_method_of_TorchSharp_that_we_call_makes_a_Scalar_of_its_own()
    {
        var calls = Calls(OurMethods).Where(c => c.Called.DeclaringType.Scope.Name == "TorchSharp" && !MakesScalar(c.Called)).ToList();
        Assert.Contains(calls, c => c.Called.Resolve()?.Name == "batch_norm");
        var chains = calls.Select(c => (c.Caller, Chain: ChainToScalar(c.Called.Resolve(), []))).Where(c => c.Chain is not null);
        var faults = chains.Select(c => $"{c.Caller.DeclaringType.Name}.{c.Caller.Name}: {c.Chain}").Distinct().ToList();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void The_rule_finds_the_fault_in_TorchSharp_where_it_is_known_to_be()
    {
        var add = TorchSharpAssembly.MainModule.GetTypes().First(t => t.FullName == "TorchSharp.torch/Tensor")
            .Methods.First(m => m.Name == "op_Addition" && m.Parameters.All(p => p.ParameterType.Name == "Tensor"));
        Assert.NotNull(ChainToScalar(add, []));
    }

    private static IEnumerable<(MethodDefinition Caller, Instruction Instruction, MethodReference Called)> Calls(
        IEnumerable<MethodDefinition> methods) =>
        from method in methods
        from i in method.Body.Instructions
        where i.Operand is MethodReference
        select (method, i, (MethodReference)i.Operand);

    private static bool MakesScalar(MethodReference method) =>
        method.ReturnType.FullName == "TorchSharp.Scalar" && method.Name is "op_Implicit" or "ToScalar"
            || method is { Name: ".ctor", DeclaringType.FullName: "TorchSharp.Scalar" };

    // How a method comes to make a Scalar that it does not hold, or null where it never does.
    private static string? ChainToScalar(MethodDefinition? method, HashSet<MethodDefinition> seen)
    {
        if (method is not { HasBody: true } || !seen.Add(method)) return null;
        foreach (var (_, instruction, called) in Calls([method]))
        {
            if (MakesScalar(called) && !instruction.Next.OpCode.Name.StartsWith("stloc", StringComparison.Ordinal)) return method.Name;
            if (called.DeclaringType.Scope.Name is "TorchSharp" or "TorchSharp.dll" && ChainToScalar(called.Resolve(), seen) is { } chain)
                return $"{method.Name} > {chain}";
        }
        return null;
    }
}
