namespace Byol.Training;

/// <summary>After which steps the encoder is evaluated: the last one, and those between epochs that the recipe says; but a budget of time
/// is not spent on one so near to the end that the last would say the same.</summary>
/// <param name="stepsBetween">Steps between two evaluations.</param>
internal sealed class EvaluationSchedule(long stepsBetween)
{
    private long _beforeLast = long.MaxValue;     // evaluations, that at the end not counted, which the budget still has time for

    /// <summary>How long an evaluation takes: the last one, or an estimate; zero if there is neither.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>Time that this process has spent on evaluations and estimates.</summary>
    public TimeSpan Spent { get; private set; }

    /// <summary>Whether the encoder is evaluated after a step.</summary>
    /// <param name="step">Steps taken.</param>
    /// <param name="totalSteps">K.</param>
    public bool IsDue(long step, long totalSteps) => step == totalSteps || (step > 0 && step % stepsBetween == 0 && _beforeLast > 0);

    /// <summary>Takes note of an evaluation.</summary>
    /// <param name="time">How long it took.</param>
    public void Evaluated(TimeSpan time)
    {
        Duration = time;
        Spent += time;
        _beforeLast--;
    }

    /// <summary>Takes note of an estimate.</summary>
    /// <param name="duration">How long an evaluation will take.</param>
    /// <param name="time">How long estimating it took.</param>
    public void Estimated(TimeSpan duration, TimeSpan time)
    {
        Duration = duration;
        Spent += time;
    }

    /// <summary>Continues with what was found before the run was interrupted.</summary>
    /// <param name="step">The step that it was found after.</param>
    /// <param name="totalSteps">K as it was found.</param>
    public void Resume(long step, long totalSteps) =>
        _beforeLast = Math.Max(0, (totalSteps - stepsBetween / 2) / stepsBetween - step / stepsBetween);

    /// <summary>Finds K and the evaluations before the last: as many as leave half an interval between the last of them and the end.
    /// </summary>
    /// <param name="step">Steps taken.</param>
    /// <param name="reached">The step at which the budget ends where so many evaluations are made, that at the end among them.</param>
    /// <returns>K.</returns>
    public long Fit(long step, Func<long, long> reached)
    {
        var next = (step + stepsBetween - 1) / stepsBetween;      // that of this step is still to come
        var (beforeLast, totalSteps) = (0L, reached(1));
        for (var more = 1L; ; more++)
        {
            var (last, end) = ((next + more - 1) * stepsBetween, reached(more + 1));
            if (last + stepsBetween / 2 > end) break;
            (beforeLast, totalSteps) = (more, end);
        }
        _beforeLast = beforeLast;
        return totalSteps;
    }
}
