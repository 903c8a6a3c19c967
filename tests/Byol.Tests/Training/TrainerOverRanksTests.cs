using Byol.Data.Datasets;
using Byol.Distributed;
using Byol.Runs;
using Byol.Tests.Distributed;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.Training;

/// <summary>What happens in a run happens on all ranks; the ranks are threads.</summary>
public sealed class TrainerOverRanksTests
{
    [Fact]
    public void All_go_back_where_a_step_of_one_is_not_finite()
    {
        var recipe = DivergenceTests.Rewinding(DivergenceTests.OneBadImage);
        using var alone = new TinyRun();
        alone.Train(recipe, new DivergenceTests.BlackImages());
        using var folder = new TemporaryFolder();
        var results = ThreadRanks.Run(2, rank => Train(rank, folder["run"], recipe, new DivergenceTests.BlackImages()));
        Assert.All(results, r => Assert.Equal((true, 12L), (r.Finished, r.Steps)));
        Assert.Equal(Rewinds(alone.Metrics), Rewinds(RunDirectory.MetricsIn(folder["run"])));
    }

    [Fact]
    public void All_end_where_it_is_not_to_go_back()
    {
        using var folder = new TemporaryFolder();
        var failures = ThreadRanks.Run(2, rank => Assert.Throws<DivergenceException>(
            () => Train(rank, folder["run"], DivergenceTests.OneBadImage, new DivergenceTests.BlackImages())).Message);
        Assert.Equal(failures[0], failures[1]);
        Assert.Single(RunLog.Read<NonFiniteRecord>(RunDirectory.MetricsIn(folder["run"])));
    }

    // A variance beyond fp32 makes every image the same, and loss and gradients stay finite: only the save of the first rank finds it.
    [Fact]
    public void All_go_back_where_only_a_save_finds_what_is_not_finite()
    {
        var overflow = DivergenceTests.OneBadImage with
        {
            Views = DivergenceTests.OneBadImage.Views with { StandardDeviation = new(1e-22, 1e-22, 1e-22) },
        };
        var recipe = DivergenceTests.Rewinding(overflow);
        using var alone = new TinyRun();
        alone.Train(recipe, new DivergenceTests.BlackImages());
        using var folder = new TemporaryFolder();
        var results = ThreadRanks.Run(2, rank => Train(rank, folder["run"], recipe, new DivergenceTests.BlackImages()));
        Assert.All(results, r => Assert.Equal((true, 12L), (r.Finished, r.Steps)));
        Assert.NotEmpty(Rewinds(alone.Metrics));
        Assert.Equal(Rewinds(alone.Metrics), Rewinds(RunDirectory.MetricsIn(folder["run"])));
        Assert.All(RunLog.Read<NonFiniteRecord>(RunDirectory.MetricsIn(folder["run"])), r => Assert.Contains("running", r.NonFinite, StringComparison.Ordinal));
    }

    // Whatever the clock of another rank says.
    [Fact]
    public void One_clock_decides_how_long_a_run_is()
    {
        var recipe = TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { Budget = TimeSpan.FromMinutes(1) } };
        using var folder = new TemporaryFolder();
        var results = ThreadRanks.Run(2, rank =>
            Train(rank, folder["run"], recipe, new PatternImages(64), new HastyClock(TimeSpan.FromSeconds(rank.IsFirst ? 1 : 40))));
        Assert.All(results, r => Assert.True(r.Finished));
        Assert.Equal(results[0].Steps, results[1].Steps);
        Assert.InRange(results[0].Steps, 1, 1000);
    }

    private static List<(long, long, long)> Rewinds(string log) =>
        [.. RunLog.Read<RewindRecord>(log).Select(r => (r.Step, r.RewoundFrom, r.Skipped))];

    private static TrainingResult Train(ICollective rank, string folder, Recipe recipe, IDataset data, TimeProvider? clock = null)
    {
        using var run = rank.IsFirst ? RunDirectory.Create(folder) : null;
        return new Trainer(recipe, data, null, run, rank, CPU, clock ?? TimeProvider.System)
            .Train(resume: false, new RunListeners(), CancellationToken.None);
    }

    // Each look at it takes a while.
    private sealed class HastyClock(TimeSpan look) : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now += look.Ticks / 8;
    }
}
