using System.CommandLine;
using System.CommandLine.Parsing;
using Byol.Cli;
using Byol.Cli.Terminal;

namespace Byol.Tests.Cli.Terminal;

[Collection(CommandLine.Name)]
public sealed class ExamplesTests
{
    public static TheoryData<string> VerbNames => ["", .. Names(Verbs.Create(), "")];

    [Theory]
    [MemberData(nameof(VerbNames))]
    public void Every_verb_has_an_example_in_its_help_and_it_parses(string verb)
    {
        var lines = Examples.Of(verb);
        Assert.NotEmpty(lines);
        Assert.All(lines, line =>
        {
            Assert.StartsWith($"byol {verb}", line, StringComparison.Ordinal);
            Assert.Empty(Verbs.Create().Parse([.. CommandLineParser.SplitCommandLine(line).Skip(1)]).Errors.Select(e => e.Message));
        });
        var (code, output, error) = CommandLine.Run([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.Equal((0, ""), (code, error));
        Assert.All(lines, line => Assert.Contains(line, output));
    }

    // That which is done first stands first.
    [Fact]
    public void Verbs_stand_in_the_order_of_work() => Assert.Equal(
        [
            "quickstart", "doctor", "data", "encoders", "preview", "compare", "pretrain", "watch", "report", "evaluate", "diagnose", "classifier",
            "predict", "embed", "search", "duplicates", "map", "export", "checkpoints", "reproduce", "bench",
        ],
        Verbs.Create().Subcommands.Select(c => c.Name));

    private static IEnumerable<string> Names(Command command, string path) => command.Subcommands.SelectMany(c =>
        Names(c, path + c.Name + " ").Prepend(path + c.Name));
}
