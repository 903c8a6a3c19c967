using Byol.Runs;

namespace Byol.Training;

/// <summary>K, how many steps a run takes: as many as its epochs have, or as fit into its budget of time.</summary>
/// <remarks>With a budget K is found after ten seconds, and anew with every fiftieth of the budget at the latest, from the time that steps
/// and evaluations have taken so far, and the schedules go on toward it: a machine that grows slower shortens the run. Small views count
/// for what they cost. Every finding stands in the log, and a resumed run goes on with the last;
/// the time that it lay still does not count.</remarks>
internal sealed class RunLength
{
    private const double Share = 0.02;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private readonly TimeSpan _budget, _before;
    private readonly long _stepsPerEvaluation, _start;
    private readonly ResolutionSchedule _resolution;
    private readonly TimeProvider _clock;
    private double _work;                       // of this process's steps, in steps of full size
    private TimeSpan _evaluating, _evaluation, _revised;
    private long _onTheWay = long.MaxValue;     // evaluations before the last that the budget is to have

    /// <param name="recipe">Epochs or budget, and what views cost.</param>
    /// <param name="stepsPerEpoch">Optimizer steps of an epoch.</param>
    /// <param name="last">What was found last, where the run is resumed.</param>
    /// <param name="spent">What is spent of the budget already.</param>
    /// <param name="clock">Tells the time.</param>
    public RunLength(Recipe recipe, long stepsPerEpoch, LengthRecord? last, TimeSpan spent, TimeProvider clock)
    {
        var training = recipe.Training;
        (_budget, _stepsPerEvaluation, _resolution) =
            (training.Budget, stepsPerEpoch * training.EvaluateEveryEpochs, ResolutionSchedule.Of(recipe));
        (_clock, _start, _before) = (clock, clock.GetTimestamp(), spent);
        Steps = last?.BudgetSteps ?? (HasBudget ? long.MaxValue : stepsPerEpoch * training.Epochs);
        _revised = _before;
        if (last is not null) _onTheWay = Math.Max(0, Evaluations(Steps - _stepsPerEvaluation / 2) - Evaluations(last.Step));

        long Evaluations(long steps) => steps / _stepsPerEvaluation;
    }

    /// <summary>What a run's log says of it up to a step; null where it says nothing.</summary>
    public static LengthRecord? Last(RunDirectory run, long step) => !File.Exists(run.Metrics) ? null
        : RunLog.Read<LengthRecord>(run.Metrics, "budget_steps").LastOrDefault(r => r.Step <= step);

    /// <summary>K; without end until it is found.</summary>
    public long Steps { get; private set; }

    /// <summary>K as far as it is known; 0 where it is not.</summary>
    public long KnownSteps => Steps == long.MaxValue ? 0 : Steps;

    /// <summary>Time of the budget that is spent.</summary>
    public TimeSpan Spent => _before + _clock.GetElapsedTime(_start);

    private bool HasBudget => _budget > TimeSpan.Zero;

    /// <summary>Steps of warm-up: as the recipe says, but where K follows a budget no more than a tenth of it.</summary>
    public long WarmUp(long asked) => HasBudget ? Math.Min(asked, Steps / 10) : asked;

    /// <summary>Whether the encoder is evaluated after a step: the last one, and those between the epochs that the recipe says; but a
    /// budget is not spent on one so near to its end that the last would say the same.</summary>
    public bool IsEvaluated(long step) => step == Steps || (step > 0 && step % _stepsPerEvaluation == 0 && _onTheWay > 0);

    /// <summary>Evaluates, and takes note of how long that takes.</summary>
    public void Evaluate(Action evaluate)
    {
        var start = _clock.GetTimestamp();
        evaluate();
        _evaluation = _clock.GetElapsedTime(start);
        _evaluating += _evaluation;
        _onTheWay--;
    }

    /// <summary>The side of the views of a step in pixels.</summary>
    public int ImageSize(long step) => _resolution.Size(step, Steps);

    /// <summary>Hears of every step, and finds K anew where it is time to.</summary>
    /// <param name="step">Steps taken.</param>
    /// <param name="estimate">How long an evaluation will take, asked for before there was one.</param>
    /// <returns>What to log; null where it was not time.</returns>
    public LengthRecord? Revise(long step, Func<TimeSpan> estimate)
    {
        if (!HasBudget) return null;
        _work += _resolution.Cost(step - 1, step, Steps);
        if (step >= Steps || Spent - _revised < Interval) return null;
        if (_evaluation == TimeSpan.Zero) Estimate(estimate);
        var perWork = (_clock.GetElapsedTime(_start) - _evaluating) / _work;
        if (perWork <= TimeSpan.Zero) return null;      // a clock was set back
        _revised = Spent;
        (_onTheWay, Steps) = Fitting(step, _budget - _revised, perWork);
        return new LengthRecord(step, Steps, _revised.TotalSeconds);
    }

    // Often at first, when little is known.
    private TimeSpan Interval => TimeSpan.FromTicks(Math.Min((Share * _budget).Ticks, Math.Max(First.Ticks, _revised.Ticks)));

    private void Estimate(Func<TimeSpan> estimate)
    {
        var start = _clock.GetTimestamp();
        _evaluation = estimate();
        _evaluating += _clock.GetElapsedTime(start);
    }

    // With as many evaluations on the way as leave half an interval between the last of them and the end.
    private (long OnTheWay, long Steps) Fitting(long step, TimeSpan left, TimeSpan perWork)
    {
        var next = (step + _stepsPerEvaluation - 1) / _stepsPerEvaluation;      // that of this step is still to come
        var best = (0L, Reached(1));
        for (var onTheWay = 1L; ; onTheWay++)
        {
            var (last, end) = ((next + onTheWay - 1) * _stepsPerEvaluation, Reached(onTheWay + 1));
            if (last + _stepsPerEvaluation / 2 > end) return best;
            best = (onTheWay, end);
        }

        long Reached(long evaluations) => _resolution.Reached(step, Math.Round((left - evaluations * _evaluation) / perWork));
    }
}
