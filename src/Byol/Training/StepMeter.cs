using Byol.Method;
using Byol.Runs;

namespace Byol.Training;

/// <summary>Averages the metrics of the steps since it was last read, and keeps the time.</summary>
/// <param name="clock">The clock.</param>
/// <param name="batchSize">Images a step.</param>
/// <param name="plan">How many steps an epoch has.</param>
/// <param name="from">The sums of the run that is resumed.</param>
internal sealed class StepMeter(TimeProvider clock, int batchSize, RunPlan plan, RunProgress from)
{
    private readonly long _start = clock.GetTimestamp();
    private long _lastRead = clock.GetTimestamp();
    private int _timedSteps;
    private TimeSpan _waited, _aside;
    private StepMetrics? _last;

    /// <summary>Time since the start; 0 if the clock was set back before it.</summary>
    public double Seconds => Math.Max(0, clock.GetElapsedTime(_start).TotalSeconds);

    /// <summary>Steps since the last reading.</summary>
    public int Steps { get; private set; } = from.LoggedSteps;

    /// <summary>The sum of their losses.</summary>
    public double LossSum { get; private set; } = from.LossSum;

    /// <summary>The sum of their embedding stds.</summary>
    public double EmbeddingStdSum { get; private set; } = from.EmbeddingStdSum;

    /// <summary>Does what is not training: steps are not slower for it.</summary>
    public void Aside(Action work)
    {
        var start = clock.GetTimestamp();
        work();
        _aside += clock.GetElapsedTime(start);
    }

    /// <summary>Records a step.</summary>
    /// <param name="metrics">Its metrics.</param>
    /// <param name="waited">How long it waited for views.</param>
    public void Add(StepMetrics metrics, TimeSpan waited)
    {
        Steps++;
        _timedSteps++;
        LossSum += metrics.Loss;
        EmbeddingStdSum += metrics.EmbeddingStd;
        _waited += waited;
        _last = metrics;
    }

    /// <summary>The means since the last call, of both sides of an interruption; the time is of this side.</summary>
    /// <param name="step">Steps taken in all.</param>
    public StepRecord Read(long step)
    {
        var seconds = Math.Max(1e-9, (clock.GetElapsedTime(_lastRead) - _aside).TotalSeconds);
        var record = new StepRecord(
            step, plan.Epoch(step), LossSum / Steps, _last!.LearningRate, _last.Tau, EmbeddingStdSum / Steps,
            _timedSteps * batchSize / seconds, Math.Clamp(_waited.TotalSeconds / seconds, 0, 1), Seconds);
        (_lastRead, _timedSteps, _waited, _aside) = (clock.GetTimestamp(), 0, TimeSpan.Zero, TimeSpan.Zero);
        (Steps, LossSum, EmbeddingStdSum) = (0, 0, 0);
        return record;
    }
}
