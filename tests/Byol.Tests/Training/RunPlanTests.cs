using Byol.Runs;
using Byol.Training;
using CsCheck;

namespace Byol.Tests.Training;

/// <summary>Runs that end by time, on a clock that steps and evaluations move.</summary>
public sealed class RunPlanTests
{
    private const int StepsPerEpoch = 100, BatchSize = 4096;

    // One epoch: what the recipe says of them must not count.
    private static readonly TrainingOptions TwentyMinutes =
        new() { Budget = TimeSpan.FromMinutes(20), Epochs = 1, EvaluateEveryEpochs = 4 };

    private static RunPlan Plan(
        TrainingOptions training, LengthRecord? last, TimeProvider clock, int stepsPerEpoch = StepsPerEpoch, double warmupEpochs = 10) =>
        new(Recipe(training) with { Optimizer = new() { WarmupEpochs = warmupEpochs } }, stepsPerEpoch * BatchSize, last,
            TimeSpan.FromSeconds(last?.Spent ?? 0), clock);

    private static bool IsEvaluated(RunPlan plan, long step) => plan.Evaluations.IsDue(step, plan.Budget.Steps);

    private static Recipe Recipe(TrainingOptions training) => new() { Training = training, Views = new() { ImageSize = 32 } };

    private sealed class Clock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => (long)(Seconds * TimestampFrequency);
    }

    /// <summary>How fast a machine is; its steps take <paramref name="Drift"/> times as long after half of the time.</summary>
    private sealed record Machine(double Step, double Evaluation, double Drift, double Estimate)
    {
        /// <summary>Views begin so small, 32 being all; a step then takes what its area takes, and this share of that of 32 at the
        /// least.</summary>
        public (int First, double Overhead) Growth { get; init; } = (32, 0);
    }

    private static readonly Gen<Machine> Machines =
        from step in Gen.Double[0.02, 3]
        from evaluation in Gen.Double[0, 60]
        from drift in Gen.Double[0.4, 2.5]
        from estimate in Gen.Double[0.5, 1.5]
        select new Machine(step, evaluation, drift, evaluation * estimate);

    [Fact]
    public void Without_a_budget_the_epochs_decide()
    {
        var plan = Plan(new TrainingOptions { Epochs = 7 }, null, new Clock { Seconds = 1e6 }, warmupEpochs: 6.5);
        Assert.Equal(700, plan.Budget.Steps);
        Assert.Null(plan.Budget.Revise(699, () => throw new InvalidOperationException()));
        Assert.Equal(650, plan.Steps.WarmupSteps);
    }

    [Fact]
    public void A_run_ends_within_5_percent_of_its_budget() => Machines.Sample(machine =>
    {
        var (seconds, _) = Run(machine, new Clock(), 0, null, long.MaxValue);
        return Math.Abs(seconds - 1200) <= 60;
    });

    [Fact]
    public void A_run_whose_views_grow_does_too() =>
        Gen.Select(Machines, Gen.Int[8, 31], Gen.Double[0, 0.3]).Sample((machine, first, overhead) =>
        {
            var (seconds, _) = Run(machine with { Growth = (first, overhead) }, new Clock(), 0, null, long.MaxValue);
            return Math.Abs(seconds - 1200) <= 60;
        });

    [Fact]
    public void A_run_that_was_interrupted_has_the_time_that_was_left() =>
        Gen.Select(Machines, Gen.Double[0.1, 0.9]).Sample((machine, part) =>
        {
            var interrupted = (long)(part * 1200 / machine.Step / Math.Max(1, machine.Drift) / 2);
            if (interrupted < 1) return true;
            var clock = new Clock();
            var (first, record) = Run(machine, clock, 0, null, interrupted);
            clock.Seconds += 86_400;                                 // lies still for a day
            var (second, _) = Run(machine, clock, interrupted, record, long.MaxValue);
            return Math.Abs(first + second - 1200) <= 90;            // what was spent since the last finding is forgotten: up to a fiftieth
        });

    [Fact]
    public void A_steady_machine_is_known_from_the_first_finding_on()
    {
        var (clock, found) = (new Clock(), new List<long>());
        var plan = Plan(TwentyMinutes with { EvaluateEveryEpochs = 1000 }, null, clock);
        for (var step = 1L; step <= plan.Budget.Steps; step++)
        {
            clock.Seconds += 0.5;
            if (plan.Budget.Revise(step, () => TimeSpan.FromSeconds(10)) is { } record) found.Add(record.BudgetSteps);
        }
        Assert.All(found, k => Assert.InRange(k, 2379, 2381));    // (1200 − 10) / 0.5
        Assert.InRange(found.Count, 45, 52);
    }

    [Theory]
    [InlineData(0, 700)]
    [InlineData(650, 650)]
    [InlineData(1000, 700)]
    public void Epochs_end_at_the_most_steps_at_the_latest_and_the_schedules_with_them(int most, long expected)
    {
        var plan = Plan(new TrainingOptions { Epochs = 7, MaxSteps = most }, null, new Clock(), warmupEpochs: 1);
        Assert.Equal((expected, expected), (plan.Budget.Steps, plan.Budget.KnownSteps));
        Assert.InRange(plan.Steps.LearningRate(expected - 1), 0, 1e-3);
        Assert.Equal(1, plan.Steps.Tau(expected), 1e-9);
        Assert.True(IsEvaluated(plan, expected) && plan.IsOver(expected) && !plan.IsOver(expected - 1));
    }

    [Theory]
    [InlineData(1000, 1000)]     // the time would be enough for 2,380
    [InlineData(100_000, 2380)]
    public void A_budget_ends_at_the_most_steps_at_the_latest(int most, long expected)
    {
        var clock = new Clock();
        var plan = Plan(TwentyMinutes with { EvaluateEveryEpochs = 1000, MaxSteps = most }, null, clock);
        Assert.Equal(most, plan.Budget.KnownSteps);
        var step = 0L;
        while (!plan.IsOver(step))
        {
            clock.Seconds += 0.5;
            plan.Budget.Revise(++step, () => TimeSpan.FromSeconds(10));
        }
        Assert.InRange(step, expected - 1, expected + 1);
    }

    [Fact]
    public void The_warm_up_is_a_tenth_of_the_run_at_most()
    {
        Assert.Equal(40, Warmup(10));
        Assert.Equal(30, Warmup(0.3));

        static long Warmup(double epochs) =>
            Plan(TwentyMinutes, new LengthRecord(50, 400, 10), new Clock(), warmupEpochs: epochs).Steps.WarmupSteps;
    }

    [Fact]
    public void Evaluations_are_where_the_recipe_says_and_at_the_end()
    {
        var epochs = Plan(new TrainingOptions { Epochs = 9, EvaluateEveryEpochs = 4 }, null, new Clock());
        Assert.Equal([400, 800, 900], Enumerable.Range(0, 901).Where(s => IsEvaluated(epochs, s)));
    }

    [Theory]
    [InlineData(1080, 1000)]   // K, and where the last evaluation on the way is: 80 steps are enough ...
    [InlineData(1040, 900)]    // ... and 40 are not
    public void A_budget_is_not_spent_on_an_evaluation_near_the_end(int steps, int last)
    {
        var (clock, evaluated) = (new Clock(), new List<long>());
        var plan = Plan(TwentyMinutes with { EvaluateEveryEpochs = 1 }, null, clock);
        for (var step = 1L; step <= plan.Budget.Steps; step++)
        {
            clock.Seconds += 1200.0 / steps;
            plan.Budget.Revise(step, () => TimeSpan.Zero);
            if (!IsEvaluated(plan, step)) continue;
            evaluated.Add(step);
            plan.Evaluations.Evaluated(TimeSpan.Zero);
        }
        Assert.Equal([last, steps], evaluated[^2..]);
    }

    // Steps so long that each finds anew, that of an evaluation too.
    [Fact]
    public void An_evaluation_that_is_due_where_steps_are_counted_anew_is_made()
    {
        var (clock, evaluated) = (new Clock(), new List<long>());
        var plan = Plan(TwentyMinutes with { EvaluateEveryEpochs = 1 }, null, clock, stepsPerEpoch: 8);
        for (var step = 1L; step <= plan.Budget.Steps; step++)
        {
            clock.Seconds += 30;
            plan.Budget.Revise(step, () => TimeSpan.Zero);
            if (!IsEvaluated(plan, step)) continue;
            evaluated.Add(step);
            plan.Evaluations.Evaluated(TimeSpan.Zero);
        }
        Assert.Equal([8, 16, 24, 32, 40], evaluated);
    }

    [Theory]
    [InlineData(1300, false)]
    [InlineData(1500, true)]
    public void A_resumed_run_knows_which_evaluations_it_has_time_for(int steps, bool evaluated)
    {
        var plan = Plan(TwentyMinutes, new LengthRecord(1190, steps, 1100), new Clock());
        Assert.Equal((evaluated, true), (IsEvaluated(plan, 1200), IsEvaluated(plan, steps)));
    }

    [Fact]
    public void A_clock_that_is_set_back_ends_nothing()
    {
        var clock = new Clock { Seconds = 1000 };
        var plan = Plan(TwentyMinutes, null, clock);
        clock.Seconds = 0;
        Assert.Null(plan.Budget.Revise(1, () => TimeSpan.Zero));
        Assert.Equal(0, plan.Budget.KnownSteps);
    }

    // As the trainer does it: a step, a finding where it is time, an evaluation where one is due.
    private static (double Seconds, LengthRecord? Last) Run(Machine machine, Clock clock, long first, LengthRecord? last, long interrupted)
    {
        var start = clock.Seconds;
        var plan = Plan(TwentyMinutes with { InitialImageSize = machine.Growth.First }, last, clock);
        for (var step = first + 1; step <= Math.Min(interrupted, plan.Budget.Steps); step++)
        {
            var size = Math.Max(machine.Growth.Overhead, Math.Pow(plan.Steps.ImageSize(step - 1) / 32.0, 2));
            clock.Seconds += machine.Step * size * (clock.Seconds - start > 600 ? machine.Drift : 1);
            last = plan.Budget.Revise(step, () => TimeSpan.FromSeconds(machine.Estimate)) ?? last;
            if (!IsEvaluated(plan, step)) continue;
            clock.Seconds += machine.Evaluation;
            plan.Evaluations.Evaluated(TimeSpan.FromSeconds(machine.Evaluation));
        }
        return (clock.Seconds - start, last);
    }
}
