using System.Text.Json;
using System.Text.RegularExpressions;
using Byol.Encoders;
using Byol.Tests.Cli;
using static TorchSharp.torch;

namespace Byol.Tests.Documents;

/// <summary>The page of file formats names what is in a real run, and nothing else.</summary>
[Collection(CommandLine.Name)]
public sealed partial class FileFormatTests : IClassFixture<FileFormatTests.Run>
{
    /// <summary>A run that began with an encoder and was evaluated on the way: it has every file that a run may have.</summary>
    public sealed class Run : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Run()
        {
            var (images, others) = (Made.Images(_folder["images"], 48, "cat", "dog"), Made.Images(_folder["others"], 40, "cat", "dog"));
            Train("first");
            Train("run", "--init-from", _folder["first"]);

            void Train(string name, params string[] more)
            {
                var (code, _, error) = CommandLine.Run(
                    ["pretrain", "--data", images, "--validation", others, "--out", _folder[name], .. CommandLine.Tiny, .. more]);
                Assert.True(code == 0, error);
            }
        }

        public string First => _folder["first"];

        public string Path => _folder["run"];

        public void Dispose() => _folder.Dispose();
    }

    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "files.md"));
    private static readonly string Metrics = File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "metrics.md"));

    private readonly Run _run;

    public FileFormatTests(Run run) => _run = run;

    [Fact]
    public void A_run_folder_holds_what_is_named()
    {
        var named = Names("Run folder");
        var there = Directory.GetFileSystemEntries(_run.Path).Concat(Directory.GetFileSystemEntries(_run.First)).Select(Path.GetFileName).ToHashSet();
        Assert.Subset(named.ToHashSet(), there!);
        Assert.Empty(named.Except(there!).Except(["encoder-best.safetensors", "run.lock"]));      // which need luck, and a process
        Assert.Contains(Byol.Runs.RunDirectory.LockName, named);
    }

    [Fact]
    public void A_checkpoint_holds_what_is_named()
    {
        var checkpoint = Directory.GetDirectories(Path.Combine(_run.First, "checkpoints")).First();
        Assert.Matches("^step-[0-9]{9}$", Path.GetFileName(checkpoint));
        Assert.Equal(Names("Checkpoint").Order(), Directory.GetFiles(checkpoint).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void An_encoder_file_says_what_is_named()
    {
        using var encoder = EncoderFile.Open(Path.Combine(_run.Path, "encoder.safetensors"), CPU);
        var said = encoder.Description.ToMetadata().Keys.ToList();
        var named = Section("Encoder file").Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(l => Name().Matches(l.Split('|')[1]).Select(m => m.Groups[1].Value)).ToList();
        Assert.Superset(said.ToHashSet(), named.ToHashSet());
        Assert.Empty(named.Except(said).Except(["pooling"]));
    }

    [Fact]
    public void Every_line_of_the_log_has_the_keys_of_its_kind()
    {
        var lines = File.ReadAllLines(Path.Combine(_run.Path, "metrics.jsonl")).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Superset(new HashSet<string> { "step", "knn", "diagnosis" }, lines.Select(l => l.GetProperty("kind").GetString()!).ToHashSet());
        Assert.All(lines, line =>
        {
            var section = Metrics.Split("\n## ").Single(s => s.StartsWith($"{line.GetProperty("kind").GetString()}\n", StringComparison.Ordinal));
            var named = section.Split('\n').Select(l => Key().Match(l).Groups[1].Value).Where(k => k.Length > 0).ToHashSet();
            Assert.Subset(named, line.EnumerateObject().Select(p => p.Name).Where(n => n != "kind").ToHashSet());
        });
    }

    private static List<string> Names(string heading) =>
        [.. Section(heading).Split('\n').Select(l => Key().Match(l).Groups[1].Value).Where(n => n.Length > 0)];

    private static string Section(string heading) => Page.Split("\n## ").Single(s => s.StartsWith($"{heading}\n", StringComparison.Ordinal));

    [GeneratedRegex(@"^\| `([\w.-]+)`")]
    private static partial Regex Key();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
