using System.Text.RegularExpressions;
using Mono.Cecil;

namespace Byol.Tests.Architecture;

/// <summary>A command of the tool knows no other command: what two of them need lies in Inputs, Terminal or a room of its own. Commands share
/// a namespace, so this is read from the IL.</summary>
public sealed partial class CommandTests
{
    // What two commands share and is no verb, until the library has it.
    private static readonly string[] Shared = ["PretrainingRun"];

    private static readonly List<TypeDefinition> Types =
        [.. AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, "Byol.Cli.dll")).MainModule.GetTypes()];

    [Fact]
    public void No_command_knows_another()
    {
        var commands = Types.Where(t => t.DeclaringType is null && t.Namespace == "Byol.Cli.Commands" && !t.Name.Contains('<')).ToList();
        Assert.True(commands.Count > 15);
        Assert.All(commands, c => Assert.Empty(Commands(c).Where(n => n != c.Name).Except(Shared)));
    }

    [Fact]
    public void Only_the_list_of_verbs_knows_commands()
    {
        Assert.True(Commands(Types.Single(t => t.FullName == "Byol.Cli.Verbs")).Count() > 15);
        var others = Types.Where(t => t.DeclaringType is null && t.Namespace.StartsWith("Byol.Cli", StringComparison.Ordinal)
            && t.Namespace != "Byol.Cli.Commands" && t.Name != "Verbs");
        Assert.All(others, t => Assert.Empty(Commands(t).Except(Shared)));
    }

    /// <summary>The commands that a type and the types within it name.</summary>
    private static IEnumerable<string> Commands(TypeDefinition type) =>
        type.Methods.Where(m => m.HasBody)
            .SelectMany(m => m.Body.Instructions.Select(i => i.Operand).OfType<MemberReference>().Select(o => o.FullName).Append(m.FullName))
            .Concat(type.Fields.Select(f => f.FullName))
            .SelectMany(name => Command().Matches(name).Select(m => m.Groups[1].Value))
            .Concat(type.NestedTypes.SelectMany(Commands))
            .Distinct();

    [GeneratedRegex(@"Byol\.Cli\.Commands\.(\w+)")]
    private static partial Regex Command();
}
