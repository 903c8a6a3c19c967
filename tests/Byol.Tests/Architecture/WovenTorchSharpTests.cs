using Byol.Interop;
using Mono.Cecil;
using Mono.Cecil.Cil;
using TorchSharp;

namespace Byol.Tests.Architecture;

/// <summary>Every program here brings a TorchSharp whose objects live until the native calls that use them have returned. What the
/// weaver has done is read from the IL, without its code.</summary>
public sealed class WovenTorchSharpTests
{
    private static readonly string Woven = typeof(torch).Assembly.Location;
    private static readonly string Original = Path.Combine(AppContext.BaseDirectory, "TorchSharp.original.dll");
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    [Fact]
    public void Every_program_brings_a_woven_TorchSharp_and_knows_it()
    {
        Assert.True(TorchRuntime.KeepsHandlesAlive);
        var programs = ((string[])["bench", "samples", "src", "tests"])
            .SelectMany(folder => Directory.GetDirectories(Path.Combine(Repository.Root, folder)))
            .ToDictionary(p => Path.GetFileName(p), p => Path.Combine(p, "bin", Configuration, "net10.0", "TorchSharp.dll"));
        var bringing = programs.Where(p => File.Exists(p.Value)).ToList();
        Assert.All((string[])["Byol.Cli", "Byol.Faults", "Byol.Tests", "Library"], name => Assert.Contains(bringing, p => p.Key == name));
        Assert.All(bringing, p => Assert.Equal(File.ReadAllBytes(Woven), File.ReadAllBytes(p.Value)));
    }

    [Fact]
    public void Every_object_whose_handle_is_read_is_kept_until_each_return()
    {
        var reads = Reads(Woven);
        Assert.All((string[])["Scalar", "Tensor", "Generator"], type => Assert.Contains(reads, r => r.Type == type));
        Assert.True(reads.Count(r => r.Type == "Scalar") > 100 && reads.Count > 1500, $"only {reads.Count} reads were found");
        Assert.Equal([], reads.Where(r => !r.Kept).Select(r => r.Method));
    }

    [Fact]
    public void In_the_original_none_is() => Assert.DoesNotContain(Reads(Original), r => r.Kept);

    // TorchSharp reads their handles in methods that cat, stack and the like call.
    [Fact]
    public void Collections_of_tensors_are_kept_too()
    {
        Assert.Equal([], CallersWithCollections(Woven).Where(m => !KeepsCollections(m)).Select(m => m.FullName));
        Assert.DoesNotContain(CallersWithCollections(Original), KeepsCollections);
    }

    [Fact]
    public void A_new_GroupNorm_has_weights_of_1_and_0_whatever_lay_in_memory()
    {
        using var scope = torch.NewDisposeScope();
        for (var i = 0; i < 50; i++)
        {
            var lying = Enumerable.Range(0, 100).Select(_ => torch.full(8, 7.5f)).ToList();
            lying.ForEach(t => t.Dispose());
            using var norm = torch.nn.GroupNorm(2, 8);
            Assert.All(TensorAssert.Floats(norm.weight!), w => Assert.Equal(1, w));
            Assert.All(TensorAssert.Floats(norm.bias!), b => Assert.Equal(0, b));
        }
        using var plain = torch.nn.GroupNorm(2, 8, affine: false);
        Assert.Empty(plain.parameters());
    }

    // The day this fails, src/Byol.Weaver/GroupNormWeights.cs may go.
    [Fact]
    public void The_original_does_not_set_them()
    {
        using var assembly = AssemblyDefinition.ReadAssembly(Original);
        var type = assembly.MainModule.GetType("TorchSharp.Modules.GroupNorm");
        Assert.DoesNotContain(type.Methods, m => m.Name == "reset_parameters");
        Assert.DoesNotContain(type.Methods.Single(m => m.IsConstructor).Body.Instructions, i => i.Operand is MethodReference { Name: "ones_" });
    }

    [Fact]
    public void What_is_woven_already_is_left_as_it_is()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, Weave(Woven, folder["TorchSharp.dll"]).Code);
        Assert.Equal(File.ReadAllBytes(Woven), File.ReadAllBytes(folder["TorchSharp.dll"]));
    }

    [Theory]
    [InlineData("Tomlyn.dll", "no method in it reads a native handle")]
    [InlineData("Byol.Tests.deps.json", "ByolWeavesTorchSharp=false")]
    public void What_is_not_TorchSharp_is_refused(string file, string words)
    {
        using var folder = new TemporaryFolder();
        var (code, _, error) = Weave(Path.Combine(AppContext.BaseDirectory, file), folder["TorchSharp.dll"]);
        Assert.Equal(1, code);
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static (int Code, string Out, string Error) Weave(string input, string output) => Programs.Run("dotnet",
        Path.Combine(Repository.Root, "src", "Byol.Weaver", "bin", Configuration, "net10.0", "Byol.Weaver.dll"), input, output);

    private static List<(string Method, string Type, bool Kept)> Reads(string file)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(file);
        return [.. from method in assembly.MainModule.GetTypes().SelectMany(t => t.Methods)
                   where method.HasBody
                   from read in method.Body.Instructions
                   where read.Operand is MethodReference { Name: "get_Handle", ReturnType.FullName: "System.IntPtr" }
                   select (method.FullName, ((MethodReference)read.Operand).DeclaringType.Name, IsKept(method.Body, read))];
    }

    // The object is stored just before its handle is read, nothing else is stored there, and every return keeps it alive.
    private static bool IsKept(MethodBody body, Instruction read)
    {
        if (read.Previous is not { } store || Stored(store, body) is not { } keep || store.Previous?.OpCode != OpCodes.Dup) return false;
        var returns = body.Instructions.Where(i => i.OpCode == OpCodes.Ret).ToList();
        return body.Instructions.Count(i => Stored(i, body) == keep) == 1
            && returns.TrueForAll(r => Kept(r).Any(k => Local(k, body, "ldloc") == keep));
    }

    // What is loaded for the calls of GC.KeepAlive that stand directly before a return.
    private static IEnumerable<Instruction> Kept(Instruction exit)
    {
        for (var call = exit.Previous; call?.Operand is MethodReference { Name: "KeepAlive", DeclaringType.FullName: "System.GC" };
            call = call.Previous.Previous)
        {
            yield return call.Previous;
        }
    }

    private static List<MethodDefinition> CallersWithCollections(string file)
    {
        var callers = AssemblyDefinition.ReadAssembly(file).MainModule.GetTypes().SelectMany(t => t.Methods)
            .Where(m => m.HasBody && m.Parameters.Any(IsCollection)
                && m.Body.Instructions.Any(i => i.Operand is MethodReference { Name: "ToHandleArray" or "EncodeIndices" }))
            .ToList();
        Assert.All((string[])["cat", "stack", "dstack", "index"], name => Assert.Contains(callers, m => m.Name == name));
        return callers;
    }

    private static bool KeepsCollections(MethodDefinition method) =>
        method.Body.Instructions.Where(i => i.OpCode == OpCodes.Ret).All(exit =>
            Kept(exit).Count(k => k.OpCode.Name.StartsWith("ldarg", StringComparison.Ordinal)) == method.Parameters.Count(IsCollection));

    private static bool IsCollection(ParameterDefinition p) => p.ParameterType is ArrayType or GenericInstanceType { IsValueType: false };

    private static VariableDefinition? Stored(Instruction i, MethodBody body) => Local(i, body, "stloc");

    private static VariableDefinition? Local(Instruction i, MethodBody body, string what) =>
        !i.OpCode.Name.StartsWith(what, StringComparison.Ordinal) ? null
            : i.Operand as VariableDefinition ?? body.Variables[i.OpCode.Name[^1] - '0'];   // stloc.0 to stloc.3 have no operand
}
