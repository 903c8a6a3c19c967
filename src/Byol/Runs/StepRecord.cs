using System.Globalization;

namespace Byol.Runs;

/// <summary>Metrics of some steps in a row: means over them, and where the run stands after the last.</summary>
/// <param name="Step">Optimizer steps taken.</param>
/// <param name="Epoch">Epochs done, with fraction.</param>
/// <param name="Loss">0 to 8.</param>
/// <param name="LearningRate">Of the last step.</param>
/// <param name="Tau">Of the last step.</param>
/// <param name="EmbeddingStd">Std of normalized target projections times √d: about 1 healthy, 0 collapsed.</param>
/// <param name="ImagesPerSecond">Images (each with its two views) per second.</param>
/// <param name="DataWait">Share of the time that training waited for views, 0 to 1.</param>
/// <param name="Seconds">Training time since the start of this process.</param>
public sealed record StepRecord(
    long Step, double Epoch, double Loss, double LearningRate, double Tau, double EmbeddingStd, double ImagesPerSecond, double DataWait,
    double Seconds) : RunRecord
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"step {Step:N0}: loss {Loss:F3}, std {EmbeddingStd:F2}, {ImagesPerSecond:N0} images/s");
}
