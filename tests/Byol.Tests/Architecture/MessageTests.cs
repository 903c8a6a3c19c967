using System.CommandLine;
using System.Reflection;
using System.Text.RegularExpressions;
using Byol.Cli;
using Byol.Cli.Terminal;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Byol.Tests.Architecture;

/// <summary>The libraries name remedies by their API, and the tool translates them: a program that uses a library has no command line.</summary>
public sealed partial class MessageTests
{
    private static readonly string[] Libraries =
        [.. new[] { "Byol.Data.dll", "Byol.dll", "Byol.OnnxRuntime.dll" }.Select(f => Path.Combine(AppContext.BaseDirectory, f)).Where(File.Exists)];

    private static readonly List<(string Where, string Text)> Literals =
        [.. from library in Libraries
            from type in AssemblyDefinition.ReadAssembly(library).MainModule.GetTypes()
            from method in type.Methods
            where method.HasBody
            from instruction in method.Body.Instructions
            where instruction.OpCode == OpCodes.Ldstr
            select ($"{type.FullName}.{method.Name}", (string)instruction.Operand)];

    public static TheoryData<string> Words => [.. ToolWords.Typed.Keys];

    [Fact]
    public void No_message_of_a_library_has_an_option_or_a_verb_of_the_tool()
    {
        var verb = new Regex($@"\bbyol ({string.Join('|', Names(Verbs.Create()))})\b");
        Assert.True(Literals.Count > 1000);
        Assert.Empty(Literals.Where(l => Option().IsMatch(l.Text) || verb.IsMatch(l.Text)).Select(l => $"{l.Where}: {l.Text}"));
        Assert.Matches(verb, "make one with byol data pack.");

        static IEnumerable<string> Names(Command command) =>
            command.Subcommands.SelectMany(c => Names(c).Prepend(c.Name)).Distinct();
    }

    [Theory]
    [InlineData("use --k 3", true)]
    [InlineData("then repeat it (a run with --resume)", true)]
    [InlineData("go on: see byol doctor--help", false)]
    [InlineData("body { background: var(--page); --card: #fff; }", false)]
    [InlineData("0 -- 1", false)]
    public void An_option_is_told_from_a_style_sheet(string text, bool isOption) => Assert.Equal(isOption, Option().IsMatch(text));

    [Theory]
    [MemberData(nameof(Words))]
    public void What_is_translated_is_said_somewhere(string words) =>
        Assert.Contains(Literals, l => l.Text.Contains(words, StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Words))]
    public void A_member_that_is_named_is_there(string words)
    {
        if (Member().Match(words) is not { Success: true } named) return;
        var (type, member) = (named.Groups[1].Value, named.Groups[2].Value);
        var found = Libraries.SelectMany(l => Assembly.LoadFrom(l).GetExportedTypes()).Where(t => t.Name == type);
        Assert.Contains(found, t => t.GetMember(member).Length > 0);
    }

    [Theory]
    [InlineData("x holds another run; resume the run, or choose another folder.",
        "x holds another run; resume the run with --resume, or choose another --out.")]
    [InlineData("resume from the last checkpoint with training.on_non_finite = rewind, or start again in another folder",
        "resume from the last checkpoint with --resume --on-non-finite rewind, or start again in another --out")]
    [InlineData("fewer than a batch of 32; use a batch of 10 or less", "fewer than a batch of 32; use --batch-size 10 or less")]
    [InlineData("set KnnOptions.Neighbors to 3.", "set --k to 3.")]
    [InlineData("use a LabelBudget of 1-per-class or more.", "use --labels 1-per-class or more.")]
    [InlineData("photos/1.jpg cannot be read", "photos/1.jpg cannot be read")]
    public void A_message_is_translated_wherever_it_needs(string library, string tool) => Assert.Equal(tool, ToolWords.Of(library));

    [GeneratedRegex(@"(?<!var\()(?<![\w-])--[a-z][a-z-]*(?![a-z-]*:)")]
    private static partial Regex Option();

    [GeneratedRegex(@"^([A-Z]\w+)\.([A-Z]\w+)$")]
    private static partial Regex Member();
}
