using System.Globalization;
using Byol.Distributed;
using Byol.Evaluation;
using Byol.Runs;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Training;

/// <summary>Evaluates the encoder between epochs where that is due, and makes records of what it finds. Interrupted evaluations are made up
/// for, and none is repeated.</summary>
/// <param name="evaluation">Measures.</param>
/// <param name="encoder">The encoder that is trained.</param>
/// <param name="plan">Says when; its length follows how long it takes.</param>
/// <param name="recorder">Keeps the time, and the alarm.</param>
/// <param name="history">What was recorded so far.</param>
/// <param name="listener">Receives the records.</param>
/// <param name="ranks">Who trains; the first of them evaluates.</param>
/// <param name="clock">The clock.</param>
internal sealed class EncoderEvaluator(
    OnlineEvaluation evaluation, Module<Tensor, Tensor> encoder, RunPlan plan, StepRecorder recorder, RunHistory history, IRunListener listener,
    ICollective ranks, TimeProvider clock)
{
    /// <summary>Draws the views of an epoch, from 0, and warns if it cannot.</summary>
    public Action<int, Action<string>> Draw { get; init; } = (_, _) => { };

    /// <summary>Estimates again how many steps fit into the budget, if there is one and it is time to.</summary>
    /// <param name="step">Steps taken.</param>
    public void ReviseLength(long step)
    {
        if (!plan.Budget.HasBudget) return;
        LengthRecord? revised = null;
        if (ranks.IsFirst) recorder.Meter.Aside(() => revised = plan.Budget.Revise(step, () => Estimate(step)));
        Span<double> told = [revised?.BudgetSteps ?? 0, revised?.Spent ?? 0];       // one clock for all
        ranks.Max(told);
        if (told[0] == 0) return;
        revised ??= new LengthRecord(step, (long)told[0], told[1]);
        plan.Budget.Follow(revised);
        listener.Receive(revised);
    }

    /// <summary>Evaluates the encoder where that is due and not recorded yet: the first rank does, and the others go on and wait.</summary>
    /// <param name="step">Steps taken.</param>
    /// <param name="cancellation">Ends it without a record.</param>
    public void Evaluate(long step, CancellationToken cancellation)
    {
        if (!ranks.IsFirst) return;
        var (isDiagnosed, isScored) = (history.Diagnosis?.Step == step, !evaluation.Scores || history.Accuracy?.Step == step);
        var isDue = plan.Evaluations.IsDue(step, plan.Budget.Steps) || (step == 0 && evaluation is { BeganWithEncoder: true, Scores: true });
        if (!isDue || (isDiagnosed && isScored)) return;
        recorder.Meter.Aside(() =>
        {
            var start = clock.GetTimestamp();
            evaluation.Exclude(history.Unreadable);
            if (!isDiagnosed && evaluation.Diagnose(encoder, Warn(step), cancellation) is { } found)
            {
                // The picture first: a listener that receives the diagnosis finds the picture of the same epoch.
                Draw((int)(Math.Max(0, step + history.Skipped - 1) / plan.StepsPerEpoch), Warn(step));
                Record(found, step);
            }
            if (!isScored && evaluation.Score(encoder, Warn(step), cancellation) is { } scored) Record(scored, step);
            evaluation.Embeddings?.Write(step, plan.Epoch(step), Warn(step));
            plan.Evaluations.Evaluated(clock.GetElapsedTime(start));
        });
    }

    private TimeSpan Estimate(long step)
    {
        evaluation.Exclude(history.Unreadable);
        return evaluation.Estimate(encoder, Warn(step), clock);
    }

    private void Record(Diagnostics found, long step)
    {
        listener.Receive(new DiagnosisRecord(
            step, plan.Epoch(step), found.EffectiveRank, found.Std, found.Alignment, found.Uniformity, recorder.Meter.Seconds));
        if (!recorder.Alarm.Observe(step, found.Std, found.EffectiveRank)) return;
        listener.Receive(new AlarmRecord(step, string.Create(CultureInfo.InvariantCulture,
            $"representations of {found.Images} images are nearly the same, or differ along one direction only (std·√D {found.Std:F3}, "
            + $"effective rank {found.EffectiveRank:F2} of {found.Dimension})")));
    }

    private void Record(Accuracies scored, long step) =>
        listener.Receive(new KnnRecord(step, plan.Epoch(step), scored.Knn, recorder.Meter.Seconds)
        {
            Neighbors = scored.Neighbors, Probe = scored.Probe, Linear = scored.Linear,
        });

    private Action<string> Warn(long step) => message => listener.Receive(new WarningRecord(step, message));
}
