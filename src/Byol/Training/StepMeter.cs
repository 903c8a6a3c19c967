using Byol.Method;
using Byol.Runs;

namespace Byol.Training;

/// <summary>Averages the figures of the steps since it was last read, and keeps the time.</summary>
/// <param name="clock">Tells the time.</param>
/// <param name="batchSize">Images a step.</param>
/// <param name="stepsPerEpoch">Steps an epoch.</param>
internal sealed class StepMeter(TimeProvider clock, int batchSize, long stepsPerEpoch)
{
    private readonly long _start = clock.GetTimestamp();
    private long _lastRead = clock.GetTimestamp();
    private int _steps;
    private double _loss, _spread;
    private TimeSpan _waited;
    private StepFigures _last;

    /// <summary>Time since the start.</summary>
    public double Seconds => clock.GetElapsedTime(_start).TotalSeconds;

    public void Waited(TimeSpan time) => _waited += time;

    public void Add(StepFigures figures)
    {
        _steps++;
        _loss += figures.Loss;
        _spread += figures.EmbeddingStd;
        _last = figures;
    }

    /// <summary>The means since the last call.</summary>
    /// <param name="step">Steps taken in all.</param>
    public StepRecord Read(long step)
    {
        var seconds = Math.Max(1e-9, clock.GetElapsedTime(_lastRead).TotalSeconds);
        var record = new StepRecord(step, (double)step / stepsPerEpoch, _loss / _steps, _last.LearningRate, _last.Tau, _spread / _steps,
            _steps * batchSize / seconds, Math.Clamp(_waited.TotalSeconds / seconds, 0, 1), Seconds);
        (_lastRead, _steps, _loss, _spread, _waited) = (clock.GetTimestamp(), 0, 0, 0, TimeSpan.Zero);
        return record;
    }
}
