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
    /// <summary>The folder that they run in, and the log of the nightly ones.</summary>
    public sealed class Sandbox : IDisposable
    {
        internal CommandSandbox Folder { get; } = new();

        internal List<string> Log { get; } = [];

        public void Dispose()
        {
            Folder.Dispose();
            if (Log.Count == 0) return;
            var artifacts = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts"));
            File.WriteAllLines(Path.Combine(artifacts.FullName, "nightly-commands.md"),
                ["| command of a page | with | took | result |", "|---|---|---:|---|", .. Log.Order(StringComparer.Ordinal)]);
        }
    }

    private readonly Sandbox _sandbox;

    public EveryCommandRunsTests(Sandbox sandbox) => _sandbox = sandbox;

    public static TheoryData<string> Daily => [.. Of(WhenRun.Daily)];

    public static TheoryData<string> Nightly => [.. Of(WhenRun.Nightly)];

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
            line = line.Replace("mpirun ", "mpirun --oversubscribe ", StringComparison.Ordinal);
        }
        var words = Words(command);
        _sandbox.Folder.Prepare([.. words.SkipWhile(w => w != "byol")]);
        var start = Stopwatch.GetTimestamp();
        var (code, output, error) = _sandbox.Folder.Shell(line);
        _sandbox.Log.Add(string.Create(CultureInfo.InvariantCulture,
            $"| `{command.Replace("|", "\\|", StringComparison.Ordinal)}` | {(added.Length > 0 ? $"`{added}`" : "")} | {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s | {(code == 0 ? "ran" : $"exit code {code}")} |"));
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

    private static IEnumerable<string> Of(WhenRun when) =>
        DocumentedCommand.All.Select(c => c.Text).Where(c => CommandPlan.Of(c)?.When == when).Distinct().Order(StringComparer.Ordinal);

    private static List<string> Words(string command) => [.. CommandLineParser.SplitCommandLine(CommandPlan.Named(command))];

    // Options that are not there already.
    private static string Added(string command, string options) => string.Join(' ', options.Split("--", StringSplitOptions.RemoveEmptyEntries)
        .Select(o => $"--{o.Trim()}").Where(o => !$"{command} ".Contains($"{o.Split(' ')[0]} ", StringComparison.Ordinal)));
}
