using Byol.Runs;
using Byol.Tests.Runs;
using Byol.Training;

namespace Byol.Tests.Training;

/// <summary>Whole runs that end by time.</summary>
public sealed class BudgetTests
{
    private static readonly PatternImages Data = new(64);

    private static readonly Recipe Recipe =
        TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { Budget = TimeSpan.FromSeconds(10), Epochs = 1 } };

    // Moves by a twentieth of a second whenever it is asked.
    private sealed class AskedClock : TimeProvider
    {
        private long _asked;

        public override long TimestampFrequency => 20;

        public double Seconds => _asked / 20.0;

        public override long GetTimestamp() => ++_asked;
    }

    [Fact]
    public void A_run_takes_the_steps_that_fit_and_its_last_is_evaluated()
    {
        using var run = new TinyRun { Clock = new AskedClock() };
        var result = run.Train(Recipe, Data, Data);

        Assert.True(result is { Finished: true, Steps: > 4 });      // the one epoch of the recipe has 4
        Assert.InRange(result.Seconds, 9.5, 10.5);
        Assert.Equal(0, Assert.Single(run.Plans).TotalSteps);
        Assert.Equal(result.Steps, run.Lengths[^1].BudgetSteps);
        Assert.Equal(run.Lengths.Values(), RunLog.Read<LengthRecord>(run.Metrics).Values());
        Assert.Equal((result.Steps, result.Steps), (run.Steps[^1].Step, run.Evaluations[^1].Step));
        Assert.True(run.Steps[^1].LearningRate < 0.1 * run.Steps.Max(s => s.LearningRate), "the schedule ends with the run");
    }

    [Fact]
    public void A_resumed_run_has_the_time_that_was_left()
    {
        using var first = new TinyRun { Clock = new AskedClock(), InterruptAfter = 12 };
        var interrupted = first.Train(Recipe, Data, Data);
        Assert.False(interrupted.Finished);

        using var second = first.Reopened(new AskedClock());
        var result = second.Train(Recipe, Data, Data, resume: true);

        Assert.True(result.Finished);
        Assert.InRange(interrupted.Seconds + result.Seconds, 9, 11.5);
        Assert.Equal(first.Lengths.Last(f => f.Step <= 12).BudgetSteps, second.Plans[0].TotalSteps);
        Assert.True(second.Lengths.All(f => f.Spent > first.Lengths[^1].Spent));
    }

    [Fact]
    public void What_was_spent_before_the_first_step_is_of_the_budget()
    {
        using var run = new TinyRun { Clock = new AskedClock(), Spent = TimeSpan.FromSeconds(6) };
        Assert.InRange(run.Train(Recipe, Data, Data).Seconds, 3, 4.5);
        Assert.True(run.Lengths[0].Spent >= 6);
    }

    // Each time the bad image comes the run goes back to its beginning; what was spent till then is spent.
    [Fact]
    public void Going_back_gives_no_time_back()
    {
        var clock = new AskedClock();
        using var run = new TinyRun { Clock = clock };
        var recipe = DivergenceTests.OneBadImage with
        {
            Training = Recipe.Training with { OnNonFinite = OnNonFinite.Rewind, CheckpointEvery = new(1, IntervalUnit.Epochs) },
        };
        Assert.True(run.Train(recipe, new DivergenceTests.BlackImages()).Finished);
        Assert.NotEmpty(RunLog.Read<RewindRecord>(run.Metrics));
        Assert.InRange(clock.Seconds, 9, 11);
    }

    [Fact]
    public void A_finished_run_that_is_resumed_stays_as_it_is()
    {
        using var run = new TinyRun { Clock = new AskedClock() };
        var result = run.Train(Recipe, Data, Data);
        using var again = run.Reopened(new AskedClock());
        var log = File.ReadAllText(again.Metrics);
        Assert.Equal(result.Steps, again.Train(Recipe, Data, Data, resume: true).Steps);
        Assert.Equal(log, File.ReadAllText(again.Metrics));
    }
}
