using System.Diagnostics;
using System.Globalization;
using Byol.Cli.Terminal;
using Byol.Runs;

namespace Byol.Tests.Cli.Terminal;

/// <summary>Signals, sent to a process of its own.</summary>
[Collection(CommandLine.Name)]
public sealed class InterruptionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly TemporaryFolder _folder = new();
    private readonly string _run;

    public InterruptionTests() => _run = _folder["run"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("INT", ExitCodes.Interrupted)]
    [InlineData("TERM", ExitCodes.Terminated)]
    [InlineData("HUP", ExitCodes.HungUp)]
    public async Task A_signal_saves_and_leaves_and_the_run_can_go_on(string signal, int code)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals.");
        Assert.SkipWhen(IsIgnored(signal), $"SIG{signal} is ignored here, and so it would be in the program.");
        var images = Made.Images(_folder["images"], 64);

        // Far more steps than a second has; resuming takes the same recipe with fewer.
        var longer = CommandLine.Tiny.Select(a => a == "2" ? "5000" : a).Concat(["--set", "training.checkpoint_every=10m"]);
        using (var process = Start(["pretrain", "--data", images, "--out", _run, .. longer]))
        {
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var metrics = Path.Combine(_run, "metrics.jsonl");
            Assert.True(SpinWait.SpinUntil(() => process.HasExited || new FileInfo(metrics) is { Exists: true, Length: > 0 }, Patience));
            Assert.False(process.HasExited, process.HasExited ? await error : "");
            using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
            Assert.True(process.WaitForExit(Patience));
            Assert.True(process.ExitCode == code, await error);
            Assert.Contains("Interrupted: saving", await error);
            Assert.Contains("resume it by the same command with --resume", await output);
        }
        var saved = Path.GetFileName(Assert.Single(Directory.GetDirectories(Path.Combine(_run, "checkpoints"))));
        Assert.True(File.Exists(Path.Combine(_run, "checkpoints", saved, "manifest.json")));
        Assert.True(File.Exists(RunDirectory.EncoderIn(_run)));

        var step = long.Parse(saved["step-".Length..], CultureInfo.InvariantCulture);
        var recipe = RunDirectory.RecipeIn(_run);
        File.WriteAllText(recipe, File.ReadAllText(recipe).Replace("epochs = 5000", $"epochs = {step / 4 + 1}", StringComparison.Ordinal));
        var (resumed, text, said) = CommandLine.Run("pretrain", "--data", images, "--out", _run, "--resume");
        Assert.True(resumed == 0, said);
        Assert.Contains($"from step {step.ToString("N0", CultureInfo.InvariantCulture)}", said);
        Assert.Contains("Done", text);
        Assert.Equal(Enumerable.Range(1, (int)(step / 4 + 1) * 4).Select(s => (long)s),
            RunLog.Read<StepRecord>(Path.Combine(_run, "metrics.jsonl")).Select(s => s.Step));
    }

    // Twice at once: it ends before it has saved, or after, but what it leaves can go on.
    [Fact]
    public async Task A_second_signal_ends_at_once_and_harms_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals.");
        Assert.SkipWhen(IsIgnored("INT"), "SIGINT is ignored here, and so it would be in the program.");
        var images = Made.Images(_folder["images"], 64);
        string[] longer = [.. CommandLine.Tiny.Select(a => a == "2" ? "5000" : a), "--set", "training.checkpoint_every=20 steps"];
        using (var process = Start(["pretrain", "--data", images, "--out", _run, .. longer]))
        {
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.True(SpinWait.SpinUntil(
                () => process.HasExited || CheckpointFolder.In(RunDirectory.CheckpointsIn(_run)).Count > 0, Patience));
            using var kill = Process.Start("sh", ["-c", $"kill -INT {process.Id}; kill -INT {process.Id}"]);
            Assert.True(process.WaitForExit(Patience));
            Assert.True(process.ExitCode == ExitCodes.Interrupted, $"{process.ExitCode}: {await error}");
        }
        Assert.Equal(0, CommandLine.Run("checkpoints", _run).Code);
        var step = CheckpointFolder.In(RunDirectory.CheckpointsIn(_run))[0].Step;
        var recipe = RunDirectory.RecipeIn(_run);
        File.WriteAllText(recipe, File.ReadAllText(recipe).Replace("epochs = 5000", $"epochs = {step / 4 + 1}", StringComparison.Ordinal));
        var (resumed, _, said) = CommandLine.Run("pretrain", "--data", images, "--out", _run, "--resume");
        Assert.True(resumed == 0, said);
    }

    // As by 2>&1 | head -1: whoever read is gone, and the run is finished all the same.
    [Fact]
    public void A_run_outlives_whoever_reads_what_it_says()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It is the pipes of Unix that break.");
        var images = Made.Images(_folder["images"], 64);
        using var process = Start(["pretrain", "--data", images, "--out", _run, .. CommandLine.Tiny]);
        process.StandardOutput.Close();
        process.StandardError.Close();
        Assert.True(process.WaitForExit(Patience));
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(8, CheckpointFolder.In(RunDirectory.CheckpointsIn(_run))[0].Step);
        Assert.True(File.Exists(RunDirectory.EncoderIn(_run)));
    }

    internal static Process Start(string[] arguments)
    {
        var program = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Byol.Cli.dll"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        program.Environment["OMP_NUM_THREADS"] = program.Environment["DOTNET_PROCESSOR_COUNT"] = "1";   // slow enough to be interrupted
        return Process.Start(program)!;
    }

    // A job in the background of a shell ignores SIGINT, and so does all that it starts.
    internal static bool IsIgnored(string signal)
    {
        if (!OperatingSystem.IsLinux()) return false;
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("SigIgn:", StringComparison.Ordinal));
        var ignored = line["SigIgn:".Length..].Trim();
        return (ulong.Parse(ignored, NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            >> (signal switch { "HUP" => 0, "INT" => 1, _ => 14 }) & 1) == 1;
    }
}
