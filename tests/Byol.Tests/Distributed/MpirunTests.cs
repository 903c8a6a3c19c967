using Byol.Faults.Ranks;
using Byol.Runs;

namespace Byol.Tests.Distributed;

/// <summary>Whole runs on ranks that mpirun has started, in fp64, beside the run of one process.</summary>
public sealed class MpirunTests : IClassFixture<MpirunTests.OneProcess>
{
    private const double Tolerance = 1e-9;
    private readonly OneProcess _alone;

    public MpirunTests(OneProcess alone) => _alone = alone;

    /// <summary>The run that all others are compared with.</summary>
    public sealed class OneProcess : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly Lazy<Dictionary<string, double[]>> _left;

        public OneProcess() => _left = new(() =>
        {
            var (code, _, error) = Mpirun.Train(1, _folder["run"]);
            Assert.True(code == 0, error);
            return LastCheckpoint.Tensors(_folder["run"]);
        });

        public Dictionary<string, double[]> Left => _left.Value;

        public void Dispose() => _folder.Dispose();
    }

    [Fact]
    public void Two_leave_what_one_process_leaves() => Leave(2);

    [Trait("run", "nightly")]
    [Fact]
    public void Four_leave_what_one_process_leaves() => Leave(4);

    private void Leave(int ranks)
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();
        var (code, output, error) = Mpirun.Train(ranks, folder["run"]);
        Assert.True(code == 0, error);
        Assert.Contains("finished True, steps 18", output, StringComparison.Ordinal);
        Assert.Equal(1, output.Split("finished").Length - 1);      // the first speaks for all
        Assert.InRange(LastCheckpoint.Distance(_alone.Left, LastCheckpoint.Tensors(folder["run"])), 0, Tolerance);
    }

    // The control of the tests: as many ranks, each with statistics of its own images.
    [Trait("run", "nightly")]
    [Fact]
    public void Without_synchronized_BatchNorm_they_do_not()
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();
        var (code, _, error) = Mpirun.Train(2, folder["run"], "--set", "method.sync_batch_norm=false");
        Assert.True(code == 0, error);
        Assert.InRange(LastCheckpoint.Distance(_alone.Left, LastCheckpoint.Tensors(folder["run"])), 1e-3, double.MaxValue);
    }

    [Trait("run", "nightly")]
    [Fact]
    public void A_run_is_resumed_by_other_numbers_of_ranks()
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();
        var run = folder["run"];
        foreach (var (ranks, reads) in new[] { (1, 60), (2, 40), (4, 20) })
        {
            var (code, output, error) = Mpirun.Train(ranks, run, [.. Directory.Exists(run) ? ["--resume"] : Array.Empty<string>(), "--interrupt", $"{reads}"]);
            Assert.True(code == 0, error);
            Assert.Contains("finished False", output, StringComparison.Ordinal);
        }
        var last = Mpirun.Train(1, run, "--resume");
        Assert.Contains("finished True, steps 18", last.Out, StringComparison.Ordinal);
        Assert.InRange(LastCheckpoint.Distance(_alone.Left, LastCheckpoint.Tensors(run)), 0, Tolerance);
    }

    [Trait("run", "nightly")]
    [Fact]
    public void An_image_that_one_rank_cannot_read_all_of_them_know()
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();
        foreach (var ranks in (int[])[1, 4])
        {
            var (code, _, error) = Mpirun.Train(ranks, folder[$"{ranks}"], "--unreadable", "5");
            Assert.True(code == 0, error);
            var record = Assert.Single(RunLog.Read<UnreadableRecord>(RunDirectory.MetricsIn(folder[$"{ranks}"])));
            Assert.Equal((5, 1), (record.Index, record.Count));
        }
        Assert.InRange(LastCheckpoint.Distance(LastCheckpoint.Tensors(folder["1"]), LastCheckpoint.Tensors(folder["4"])), 0, Tolerance);
    }

    [Trait("run", "nightly")]
    [Fact]
    public void Too_many_images_that_cannot_be_read_end_all_with_what_was_learned_kept()
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();
        var (code, _, error) = Mpirun.Train(2, folder["run"], "--unreadable", "5", "--unreadable", "6");
        Assert.Equal(2, code);
        Assert.Contains("of made cannot be read", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n'), l => l.StartsWith("byol: ", StringComparison.Ordinal));
    }

    [Trait("run", "nightly")]
    [Fact]
    public void An_error_of_one_rank_ends_all_and_says_whose_it_was()
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();
        var ended = Mpirun.Train(2, folder["run"], "--failing", "1");
        Assert.NotEqual(0, ended.Code);
        Assert.Contains("byol: rank 1: the disk was pulled out", ended.Error, StringComparison.Ordinal);
        Assert.InRange(Mpirun.Train(2, folder["run"], "--resume").Code, 0, 0);
        Assert.InRange(LastCheckpoint.Distance(_alone.Left, LastCheckpoint.Tensors(folder["run"])), 0, Tolerance);
    }

    [Trait("run", "nightly")]
    [Theory]
    [InlineData(0, "KILL")]
    [InlineData(1, "KILL")]
    [InlineData(1, "STOP")]
    [InlineData(0, "STOP")]
    public void Whichever_rank_is_killed_or_stopped_all_end_and_the_run_is_resumed(int rank, string signal)
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();
        string[] longer = ["--set", "training.epochs=200", "--set", "training.checkpoint_every=5 steps"];
        using var run = Mpirun.Start(2, RanksCommand.Command(folder["run"], ["--silence-limit", "5", .. longer]));
        Mpirun.AwaitStep(run, folder["run"], 6);
        run.Signal(rank, signal);
        var (code, _, error) = run.Wait();
        Assert.NotEqual(0, code);
        if (signal == "STOP") Assert.Contains($"Rank {rank} on ", error, StringComparison.Ordinal);
        var resumed = Mpirun.Train(2, folder["run"], ["--resume", "--interrupt", "10", .. longer]);
        Assert.True(resumed.Code == 0, resumed.Error);
    }

    // One clock decides for all, and evaluations and saves are of the first alone.
    [Trait("run", "nightly")]
    [Fact]
    public void A_budget_of_time_ends_all_at_the_same_step()
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();
        var (code, output, error) = Mpirun.Train(2, folder["run"], "--fp32", "--set", "training.budget=12 seconds");
        Assert.True(code == 0, error);
        Assert.Contains("finished True", output, StringComparison.Ordinal);
        Assert.NotEmpty(RunLog.Read<KnnRecord>(RunDirectory.MetricsIn(folder["run"])));
    }

    [Fact]
    public void The_other_family_of_libraries_does_as_well()
    {
        Mpirun.RequireMpich();
        using var folder = new TemporaryFolder();
        using var run = new RankedProcess(RankLauncher.Mpich, 2, RanksCommand.Command(folder["run"]));
        var (code, _, error) = run.Wait();
        Assert.True(code == 0, error);
        Assert.InRange(LastCheckpoint.Distance(_alone.Left, LastCheckpoint.Tensors(folder["run"])), 0, Tolerance);
    }

    [Fact]
    public void The_tool_speaks_once()
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();
        var images = Made.Images(folder["images"], 32);
        string[] verb = ["pretrain", "--data", images, "--out", folder["run"], .. Cli.CommandLine.Tiny];
        using var run = Mpirun.Start(2, Mpirun.Tool(verb));
        var (code, output, error) = run.Wait();
        Assert.True(code == 0, error);
        Assert.Single(output.Split('\n'), l => l.StartsWith("Done: ", StringComparison.Ordinal));
        Assert.Contains(", 2 ranks", error, StringComparison.Ordinal);

        using var again = Mpirun.Start(2, Mpirun.Tool(verb));
        var refused = again.Wait();
        Assert.Equal((2, ""), (refused.Code, refused.Out));
        Assert.Contains("holds another run", Assert.Single(refused.Error.Split('\n'), l => l.StartsWith("byol: ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    // After Ctrl-C mpirun would end them within two seconds, and drop what they print.
    [Trait("run", "nightly")]
    [Fact]
    public void A_signal_that_mpirun_passes_on_saves_and_all_lines_are_shown()
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();
        var images = Made.Images(folder["images"], 32);
        using var run = Mpirun.Start(2, Mpirun.Tool(
            ["pretrain", "--data", images, "--out", folder["run"], .. Cli.CommandLine.Tiny, "--set", "training.epochs=5000"]));
        Mpirun.AwaitStep(run, folder["run"], 2);
        run.Signal("USR1");
        var (code, output, error) = run.Wait();
        Assert.True(code == 143, $"{code}: {error}");
        Assert.Single(error.Split('\n'), l => l.StartsWith("Interrupted: saving after this step", StringComparison.Ordinal));
        Assert.Contains("Interrupted at step ", output, StringComparison.Ordinal);
        Assert.NotEmpty(CheckpointFolder.In(RunDirectory.CheckpointsIn(folder["run"])));
    }

    [Theory]
    [InlineData(15, "Batch 15 does not divide across 2 ranks; use 14 or 16.")]
    [InlineData(2, "Batch 2 across 2 ranks: BatchNorm needs at least 2 images on each")]
    public void A_batch_that_cannot_be_spread_is_refused(int batch, string message)
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();
        var images = Made.Images(folder["images"], 32);
        using var run = Mpirun.Start(2, Mpirun.Tool(
            ["pretrain", "--data", images, "--out", folder["run"], .. Cli.CommandLine.Tiny, "--set", $"training.batch_size={batch}"]));
        var (code, _, error) = run.Wait();
        Assert.True(code == 2, error);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void Other_verbs_are_of_one_process()
    {
        Mpirun.Require();
        using var run = Mpirun.Start(2, Mpirun.Tool("data", "list"));
        var (code, output, error) = run.Wait();
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("byol data list is the work of one process, and 2 were started", error, StringComparison.Ordinal);
    }
}
