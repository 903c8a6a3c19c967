using System.Globalization;
using Byol.Method;
using Byol.Runs;

namespace Byol.Training;

/// <summary>Makes records of steps: means over some of them, and the alarm where they collapse.</summary>
/// <param name="training">How often to log.</param>
/// <param name="plan">The run's length.</param>
/// <param name="progress">Sums of the run that is resumed.</param>
/// <param name="history">What was recorded so far.</param>
/// <param name="listener">Receives the records.</param>
/// <param name="clock">The clock.</param>
internal sealed class StepRecorder(
    TrainingOptions training, RunPlan plan, RunProgress progress, RunHistory history, IRunListener listener, TimeProvider clock)
{
    /// <summary>Averages, and keeps the time.</summary>
    public StepMeter Meter { get; } = new(clock, training.BatchSize, plan, progress);

    /// <summary>Watches steps and diagnoses.</summary>
    public CollapseAlarm Alarm { get; } = new(progress.CollapsedSteps, progress.CollapsedDiagnoses, history.Collapsed);

    /// <summary>The state of the steps so far that is not in the records.</summary>
    /// <param name="step">Steps taken.</param>
    public RunProgress Progress(long step) => new(
        plan.Epoch(step), Meter.Steps, Meter.LossSum, Meter.EmbeddingStdSum, Alarm.CollapsedSteps, Alarm.CollapsedDiagnoses,
        history.Skipped);

    /// <summary>Records a step.</summary>
    /// <param name="metrics">Its metrics.</param>
    /// <param name="waited">How long it waited for views.</param>
    /// <param name="step">Steps taken.</param>
    public void Record(StepMetrics metrics, TimeSpan waited, long step)
    {
        Meter.Add(metrics, waited);
        if (Alarm.Observe(metrics.EmbeddingStd))
        {
            listener.Receive(new AlarmRecord(step, string.Create(CultureInfo.InvariantCulture,
                $"nearly all images have had the same embedding for {CollapseAlarm.Patience} steps (std·√d of projections "
                + $"{metrics.EmbeddingStd:F3}, usually near 1)")));
        }
        if (step % training.LogEverySteps == 0 || step == plan.Budget.Steps || step == 1) listener.Receive(Meter.Read(step));
    }
}
