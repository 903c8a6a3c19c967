using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using Byol.Tests.Cli;

namespace Byol.Tests.Documents;

/// <summary>Every command of every page runs, on small made images: the quick ones by every <c>./test</c>, the others by
/// <c>./test --nightly</c>, and what is only parsed says why.</summary>
[Collection(CommandLine.Name)]
public sealed class EveryCommandRunsTests : IClassFixture<EveryCommandRunsTests.Sandbox>
{
    /// <summary>The folder that they run in.</summary>
    public sealed class Sandbox : IDisposable
    {
        internal CommandSandbox Folder { get; } = new();

        public void Dispose() => Folder.Dispose();
    }

    private readonly Sandbox _sandbox;

    public EveryCommandRunsTests(Sandbox sandbox) => _sandbox = sandbox;

    public static TheoryData<string> Daily => [.. Of(WhenRun.Daily)];

    // -trait verb=pretrain runs those of one verb.
    public static IEnumerable<TheoryDataRow<string>> Nightly => Of(WhenRun.Nightly).Select(command =>
        new TheoryDataRow<string>(command).WithTrait("verb", Words(command).First(w => w != "byol")));

    public static TheoryData<string> Parsed => [.. Of(WhenRun.Parsed)];

    public static TheoryData<string, string> All => [.. DocumentedCommand.All.Select(c => (c.Document, c.Text))];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_command_has_a_plan(string document, string command)
    {
        var plan = CommandPlan.Of(command);
        Assert.True(plan is not null, $"{document}: no rule says when this is run; add one to CommandPlan: {command}");
        Assert.True(plan.When == WhenRun.Daily || plan.Why.Length > 0);
    }

    [Theory]
    [MemberData(nameof(Daily))]
    public void It_runs(string command)
    {
        var words = Words(command);
        _sandbox.Folder.Prepare(words);
        var (code, output, error) = _sandbox.Folder.Run(words.Skip(1));
        Assert.True(code == 0, $"{command}: {code}\n{output}\n{error}");
    }

    [Theory]
    [MemberData(nameof(Nightly))]
    [Trait("run", "nightly")]
    public void It_runs_by_night(string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "These are lines of a shell.");
        var added = Added(command, CommandPlan.Of(command)!.Added);
        var line = $"{command} {added}".Trim();
        if (command.StartsWith("mpirun", StringComparison.Ordinal))
        {
            Assert.SkipUnless(Programs.Run("bash", "-c", "command -v mpirun").Code == 0, "No MPI here.");
            line = line.Replace("mpirun ",
                "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 mpirun --oversubscribe ", StringComparison.Ordinal);
        }
        var words = Words(command);
        _sandbox.Folder.Prepare([.. words.SkipWhile(w => w != "byol")]);
        var start = Stopwatch.GetTimestamp();
        var (code, output, error) = _sandbox.Folder.Shell(line);
        Log(command, added, Stopwatch.GetElapsedTime(start), code);
        Assert.True(code == 0, $"{line}: {code}\n{output}\n{error}");
    }

    [Theory]
    [MemberData(nameof(Parsed))]
    public void It_is_a_line_of_a_shell(string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "These are lines of a shell.");
        var (code, _, error) = Programs.Run("bash", "-n", "-c", command);
        Assert.True(code == 0, $"{command}: {error}");
    }

    // A row of the table in tests/nightly.md.
    private static void Log(string command, string added, TimeSpan took, int code)
    {
        var artifacts = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts"));
        File.AppendAllText(Path.Combine(artifacts.FullName, "nightly-commands.md"), string.Create(CultureInfo.InvariantCulture,
            $"| `{command.Replace("|", "\\|", StringComparison.Ordinal)}` | {(added.Length > 0 ? $"`{added}`" : "")} | {took.TotalSeconds:F0} s | {(code == 0 ? "ran" : $"exit code {code}")} |\n"));
    }

    private static IEnumerable<string> Of(WhenRun when) =>
        DocumentedCommand.All.Select(c => c.Text).Where(c => CommandPlan.Of(c)?.When == when)
            .Order(StringComparer.Ordinal).DistinctBy(CommandPlan.Named);

    private static List<string> Words(string command) => [.. CommandLineParser.SplitCommandLine(CommandPlan.Named(command))];

    // Options that are not there already.
    private static string Added(string command, string options) => string.Join(' ', options.Split("--", StringSplitOptions.RemoveEmptyEntries)
        .Select(o => $"--{o.Trim()}").Where(o => !$"{command} ".Contains($"{o.Split(' ')[0]} ", StringComparison.Ordinal)));
}
