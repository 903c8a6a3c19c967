using Mono.Cecil;

namespace Byol.Tests.Architecture;

/// <summary>The public surface of the libraries is small, and enough: what the verbs of the product do, a user's program can do too.</summary>
public sealed class PublicSurfaceTests
{
    private const int MostLines = 900;

    // Measuring and the paper's experiments are the tool's own business.
    private static readonly string[] OwnRooms = ["Byol.Cli.Machine", "Byol.Cli.Experiments"], OwnVerbs = ["Bench", "Reproduce", "Doctor"];

    // What a verb of the product still needs that is not public, and why.
    private static readonly string[] Exceptions = [];

    private static readonly string[] Libraries = ["Byol.Data", "Byol", "Byol.OnnxRuntime", "Byol.Web"];

    [Fact]
    public void It_is_small() => Assert.InRange(
        Libraries.SelectMany(l => Directory.GetFiles(Path.Combine(Repository.Root, "src", l), "PublicAPI.*.txt"))
            .Sum(f => File.ReadLines(f).Count()), 100, MostLines - 1);

    [Fact]
    public void The_verbs_of_the_product_use_nothing_else()
    {
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(AppContext.BaseDirectory);
        using var tool = AssemblyDefinition.ReadAssembly(
            Path.Combine(AppContext.BaseDirectory, "Byol.Cli.dll"), new ReaderParameters { AssemblyResolver = resolver });
        var types = tool.MainModule.Types.Where(t => t.Namespace.StartsWith("Byol.Cli", StringComparison.Ordinal)).ToList();
        var uses = types.Where(t => !IsOwn(t)).SelectMany(t => Hidden(t).Select(used => $"{t.Name}: {used}")).Distinct().ToList();
        Assert.Contains(types.Where(IsOwn), t => Hidden(t).Any());
        Assert.Equal(Exceptions.Order(StringComparer.Ordinal), uses.Order(StringComparer.Ordinal));
    }

    private static bool IsOwn(TypeDefinition type) => OwnRooms.Contains(type.Namespace)
        || OwnVerbs.Any(v => type.Name.StartsWith(v, StringComparison.Ordinal));

    /// <summary>Members of the libraries that a type uses, it and those within it, and that are not public.</summary>
    private static IEnumerable<string> Hidden(TypeDefinition type)
    {
        var members = type.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Instructions).Select(i => i.Operand).OfType<MemberReference>();
        IEnumerable<TypeReference> types =
        [
            .. type.Fields.Select(f => f.FieldType), .. type.Interfaces.Select(i => i.InterfaceType),
            .. type.Methods.SelectMany(m => m.Parameters.Select(p => p.ParameterType).Append(m.ReturnType)),
            .. type.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Variables.Select(v => v.VariableType)),
        ];
        return types.Concat(members).SelectMany(Parts).Where(m => !IsPublic(m)).Select(m => m.FullName)
            .Concat(type.NestedTypes.SelectMany(Hidden));
    }

    /// <summary>What a reference names: a member, its type, and the arguments of either.</summary>
    private static IEnumerable<MemberReference> Parts(MemberReference? reference) => reference switch
    {
        null or GenericParameter => [],
        GenericInstanceType g => g.GenericArguments.SelectMany(Parts).Concat(Parts(g.ElementType)),
        TypeSpecification s => Parts(s.ElementType),
        TypeReference t => [t],
        GenericInstanceMethod g => g.GenericArguments.SelectMany(Parts).Concat(Parts(g.ElementMethod)),
        _ => Parts(reference.DeclaringType).Append(reference),
    };

    private static bool IsPublic(MemberReference member)
    {
        var type = member as TypeReference ?? member.DeclaringType;
        while (type is TypeSpecification s) type = s.ElementType;
        if (type?.Scope is not AssemblyNameReference { Name: var library } || !Libraries.Contains(library)) return true;
        return member.Resolve() switch
        {
            TypeDefinition { IsPublic: true } => true,
            TypeDefinition { IsNestedPublic: true } nested => IsPublic(nested.DeclaringType),
            MethodDefinition m => m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly,
            FieldDefinition f => f.IsPublic,
            _ => false,
        };
    }
}
