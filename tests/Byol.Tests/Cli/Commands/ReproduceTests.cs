using System.Text.Json;
using System.Xml.Linq;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.TensorFiles;
using Byol.Tests.Cli.Terminal;
using static TorchSharp.torch;

namespace Byol.Tests.Cli.Commands;

/// <summary>byol reproduce: every experiment from beginning to end on forty striped images.</summary>
[Collection(CommandLine.Name)]
public sealed class ReproduceTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly TemporaryFolder _folder = new();
    private readonly string _train, _test;

    public ReproduceTests() => (_train, _test) = (Striped("train", 40, 1), Striped("test", 20, 2));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tau", "", "0.3 %", "68.4 %", "72.5 %", "69.8 %", "18.8 %", "τ = 0.99 → 1, cosine")]
    [InlineData("fixed-target", "--rounds 2", "1.4 %", "18.8 %", "72.5 %", "predicts the network of round 1", "moving target")]
    [InlineData("augmentations", "", "72.5 %", "70.3 %", "63.4 %", "61.1 %", "59.4 %", "crop only", "no grayscale = all augmentations")]
    [InlineData("few-labels", "--labels 5-per-class,all --fine-tune-epochs 3 --fine-tune-steps 0 --repeats 2",
        "±", "supervised from scratch, 5 per class", "(3)", "53.2 %", "68.8 %", "25.4 %", "56.4 %", "random encoder", "5 per class (10)")]
    public void An_experiment_leaves_its_table_beside_the_papers_and_is_not_done_twice(string name, string options, params string[] words)
    {
        var arguments = Arguments(name, options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var (code, output, error) = CommandLine.Run(arguments);
        Assert.True(code == 0, error);
        var markdown = File.ReadAllText(Path.Combine(Out, "table.md"));
        Assert.All(words, w => Assert.Contains(w, output));
        Assert.All(words, w => Assert.Contains(w, markdown));
        var charts = Directory.GetFiles(Out, "*.svg").Select(Path.GetFileName).Order();
        Assert.Equal(name == "few-labels" ? ["epochs.svg", "plot.svg"] : ["plot.svg"], charts);
        Assert.All(charts, c => Assert.NotEmpty(XDocument.Load(Path.Combine(Out, c!)).Descendants()));
        Assert.All(charts, c => Assert.Contains($"]({c})", markdown));

        var trained = Directory.GetFiles(Out, "encoder.safetensors", SearchOption.AllDirectories)
            .ToDictionary(f => f, File.GetLastWriteTimeUtc);
        var (again, same, quiet) = CommandLine.Run(arguments);
        Assert.Equal((0, output), (again, same));
        Assert.DoesNotContain("loss", quiet);
        Assert.All(trained, t => Assert.Equal(t.Value, File.GetLastWriteTimeUtc(t.Key)));

        using var json = JsonDocument.Parse(CommandLine.Run([.. arguments, "--json"]).Out);
        Assert.Equal(name, json.RootElement.GetProperty("experiment").GetString());
    }

    // As a crash may leave it: the last result is not written, and the last run has lost its end.
    [Fact]
    public void What_is_missing_is_done_again_to_the_same_figures_and_nothing_else()
    {
        var arguments = Arguments("fixed-target", ["--rounds", "1", "--seeds", "2"]);
        var output = CommandLine.Run(arguments).Out;
        Assert.Contains("±", output);
        var results = Path.Combine(Out, "results.json");
        var whole = Results(results);
        Assert.Equal(
            ["random", "round-1", "moving", "random", "round-1", "moving"], whole.Select(r => r.GetProperty("folder").GetString()));
        Assert.Equal([1UL, 1, 1, 2, 2, 2], whole.Select(r => r.GetProperty("seed").GetUInt64()));

        File.WriteAllText(results, $"[{string.Join(',', whole.SkipLast(1).Select(r => r.GetRawText()))}]");
        Directory.Delete(Path.Combine(Out, "moving-2", "checkpoints", "step-000000004"), recursive: true);
        var (code, same, error) = CommandLine.Run(arguments);
        Assert.Equal((0, output), (code, same));
        Assert.Contains("moving target (BYOL), seed 2", error);
        Assert.Contains("from step 2", error);
        Assert.DoesNotContain("round", error);
    }

    [Fact]
    public void At_tau_1_the_target_is_left_as_it_was_drawn()
    {
        Assert.Equal(0, CommandLine.Run(Arguments("tau", [])).Code);
        using var scope = NewDisposeScope();
        var (first, last) = (Target("tau-1-1", 2), Target("tau-1-1", 4));
        Assert.All(first, p => TensorAssert.Same(p.Value, last[p.Key], p.Key));
        var (moving, moved) = (Target("tau-0.9-1", 2), Target("tau-0.9-1", 4));
        Assert.Contains(moving, p => !p.Value.allclose(moved[p.Key]));
    }

    [Fact]
    public void Mistakes_are_answered_in_one_line_and_leave_nothing()
    {
        CommandLine.Refuses(Arguments("tau", ["--seeds", "0"]), "--seeds 0 must lie between 1 and 100");
        CommandLine.Refuses(Arguments("fixed-target", ["--rounds", "-1"]), "--rounds -1 must lie between 1 and 100");
        CommandLine.Refuses(Arguments("few-labels", ["--labels", "many"]), "Labels many are not an amount");
        CommandLine.Refuses(Arguments("few-labels", ["--labels", "30-per-class"]), "which has 20");
        CommandLine.Refuses(Arguments("few-labels", ["--fine-tune-epochs", "0"]), "--fine-tune-epochs 0 must lie between");
        CommandLine.Refuses(["reproduce", "tau", "--data", _train, "--out", Out], "--data needs --test too");
        CommandLine.Refuses(["reproduce", "tau", "--test", _train, "--out", Out], "--test needs --data too");
        var plain = Made.Images(_folder["plain"], 4);
        CommandLine.Refuses(["reproduce", "tau", "--data", plain, "--test", _test, "--out", Out], "plain has no labels");
        CommandLine.Refuses(["reproduce", "tau", "--data", _train, "--test", _test, "--out", Out], "fewer than a batch of 64");
        CommandLine.Refuses(["reproduce", "tao"], "tao is not known");
        Assert.False(Directory.Exists(Out));
    }

    [Fact]
    public void A_folder_of_something_else_is_refused_and_stays_as_it_was()
    {
        var arguments = Arguments("fixed-target", ["--rounds", "1"]);
        Made.File(Path.Combine(Out, "mine.txt"), [1]);
        CommandLine.Refuses(arguments, "holds other files");
        Directory.Delete(Out, recursive: true);
        Assert.Equal(0, CommandLine.Run(arguments).Code);
        var before = File.ReadAllText(Path.Combine(Out, "results.json"));
        CommandLine.Refuses([.. arguments, "--set", "optimizer.learning_rate=0.1"], "with other data or settings");
        CommandLine.Refuses(Arguments("tau", []), "holds another run");
        CommandLine.Refuses([.. arguments[..3], _test, .. arguments[4..]], "with other data or settings");
        Assert.Equal(before, File.ReadAllText(Path.Combine(Out, "results.json")));
    }

    [Fact]
    public async Task Ctrl_C_saves_and_the_same_command_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals.");
        Assert.SkipWhen(InterruptionTests.IsIgnored("INT"), "SIGINT is ignored here, and so it would be in the program.");
        string[] longer = ["--set", "training.epochs=30", "--set", "training.checkpoint_every=10m"];
        var arguments = Arguments("fixed-target", ["--rounds", "1", .. longer]);
        using (var process = InterruptionTests.Start(arguments))
        {
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var metrics = Path.Combine(Out, "round-1-1", "metrics.jsonl");
            Assert.True(SpinWait.SpinUntil(() => process.HasExited || new FileInfo(metrics) is { Exists: true, Length: > 0 }, Patience));
            Assert.False(process.HasExited, process.HasExited ? await error : "");
            using var kill = System.Diagnostics.Process.Start("kill", [$"-INT", $"{process.Id}"]);
            Assert.True(process.WaitForExit(Patience));
            Assert.True(process.ExitCode == ExitCodes.Interrupted, await error);
            Assert.Contains("the same command resumes", await error);
        }
        var (code, output, said) = CommandLine.Run(arguments);
        Assert.True(code == 0, said);
        Assert.Contains("from step", said);
        Assert.DoesNotContain("frozen random network, seed", said);
        Assert.Contains("moving target", output);
    }

    private string Out => _folder["out"];

    // Two steps an epoch.
    private string[] Arguments(string name, string[] options) =>
        ["reproduce", name, "--data", _train, "--test", _test, "--out", Out, .. CommandLine.Tiny, .. options];

    private Dictionary<string, Tensor> Target(string run, int step)
    {
        using var file = new SafetensorsFile(Path.Combine(Out, run, "checkpoints", $"step-{step:D9}", "target.safetensors"));
        return file.Names.Where(n => !n.Contains("running", StringComparison.Ordinal)).ToDictionary(n => n, file.Read);
    }

    private static List<JsonElement> Results(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        return [.. json.RootElement.EnumerateArray().Select(e => e.Clone())];
    }

    private string Striped(string name, int count, int seed)
    {
        var images = new PatternImages(count, seed: seed);
        for (var i = 0; i < count; i++) Made.File(_folder[$"{name}/{images.Classes[i % 2]}/{i:D2}.png"], ImageEncoder.Png(images.Read(i)));
        return _folder[name];
    }
}
