using Byol.Runs;

namespace Byol.Training;

/// <summary>K, how many steps a run takes: as many as its epochs have, or as fit into its budget of time, and in either case at most
/// <see cref="TrainingOptions.MaxSteps"/>.</summary>
/// <remarks>With a budget K is estimated after ten seconds, and again with every fiftieth of the budget at the latest, from the time that
/// steps and evaluations have taken so far, and the schedules follow it: a machine that grows slower shortens the run. Small views count
/// for what they cost. Every estimate stands in the log, and a resumed run starts from the last;
/// the time between two processes does not count.</remarks>
internal sealed class StepBudget
{
    private const double Share = 0.02;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private readonly TimeSpan _budget, _before;
    private readonly long _start, _most;
    private readonly ResolutionSchedule _resolution;
    private readonly EvaluationSchedule _evaluations;
    private readonly TimeProvider _clock;
    private double _work;                       // of this process's steps, in steps of full size
    private TimeSpan _revised;

    /// <param name="recipe">Epochs or budget, and what views cost.</param>
    /// <param name="stepsPerEpoch">Optimizer steps of an epoch.</param>
    /// <param name="evaluations">They take of the budget too.</param>
    /// <param name="last">What was estimated last, if the run is resumed.</param>
    /// <param name="spent">What is spent of the budget already.</param>
    /// <param name="clock">The clock.</param>
    public StepBudget(
        Recipe recipe, long stepsPerEpoch, EvaluationSchedule evaluations, LengthRecord? last, TimeSpan spent, TimeProvider clock)
    {
        var training = recipe.Training;
        (_budget, _resolution, _evaluations) = (training.Budget, ResolutionSchedule.Of(recipe), evaluations);
        (_clock, _start, _before, _revised) = (clock, clock.GetTimestamp(), spent, spent);
        _most = training.MaxSteps == 0 ? long.MaxValue : training.MaxSteps;
        Steps = last?.BudgetSteps ?? (HasBudget ? _most : Math.Min(_most, stepsPerEpoch * training.Epochs));
        if (last is not null) evaluations.Resume(last.Step, last.BudgetSteps);
    }

    /// <summary>K; without end until it is estimated.</summary>
    public long Steps { get; private set; }

    /// <summary>K as far as it is known; 0 if it is not.</summary>
    public long KnownSteps => Steps == long.MaxValue ? 0 : Steps;

    /// <summary>Time of the budget that is spent.</summary>
    public TimeSpan Spent => _before + _clock.GetElapsedTime(_start);

    /// <summary>Whether time ends the run.</summary>
    public bool HasBudget => _budget > TimeSpan.Zero;

    /// <summary>Records a step, and estimates K again where it is time to.</summary>
    /// <param name="step">Steps taken.</param>
    /// <param name="estimate">How long an evaluation will take, asked for before there was one.</param>
    /// <returns>What was found; null if it was not time.</returns>
    public LengthRecord? Revise(long step, Func<TimeSpan> estimate)
    {
        if (!HasBudget) return null;
        _work += _resolution.Cost(step - 1, step, Steps);
        if (step >= Steps || Spent - _revised < Interval) return null;
        if (_evaluations.Duration == TimeSpan.Zero) Estimate(estimate);
        var perWork = (_clock.GetElapsedTime(_start) - _evaluations.Spent) / _work;
        if (perWork <= TimeSpan.Zero) return null;      // a clock was set back
        _revised = Spent;
        var left = _budget - _revised;
        Steps = _evaluations.Fit(step, evaluations => Reached(step, left - evaluations * _evaluations.Duration, perWork));
        return new LengthRecord(step, Steps, _revised.TotalSeconds);
    }

    /// <summary>Takes over what another rank has estimated.</summary>
    /// <param name="revised">Its estimate.</param>
    public void Follow(LengthRecord revised) => Steps = revised.BudgetSteps;

    // Often at first, when little is known.
    private TimeSpan Interval => TimeSpan.FromTicks(Math.Min((Share * _budget).Ticks, Math.Max(First.Ticks, _revised.Ticks)));

    private long Reached(long step, TimeSpan left, TimeSpan perWork) =>
        Math.Min(_most, _resolution.Reached(step, Math.Round(left / perWork)));

    private void Estimate(Func<TimeSpan> estimate)
    {
        var start = _clock.GetTimestamp();
        var duration = estimate();
        _evaluations.Estimated(duration, _clock.GetElapsedTime(start));
    }
}
