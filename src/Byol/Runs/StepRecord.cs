using System.Globalization;
using System.Text.Json.Serialization;

namespace Byol.Runs;

/// <summary>Metrics of consecutive steps: means over them, and the position of the run after the last.</summary>
public sealed class StepRecord : RunRecord
{
    [JsonConstructor]
    internal StepRecord(
        long step, double epoch, double loss, double learningRate, double tau, double embeddingStd, double imagesPerSecond,
        double dataWait, double seconds) =>
        (Step, Epoch, Loss, LearningRate, Tau, EmbeddingStd, ImagesPerSecond, DataWait, Seconds) = (step, epoch, loss, learningRate,
        tau, embeddingStd, imagesPerSecond, dataWait, seconds);

    /// <inheritdoc/>
    public override long Step { get; }

    /// <summary>Epochs done, with fraction.</summary>
    public double Epoch { get; }

    /// <summary>The loss, 0 to 8.</summary>
    public double Loss { get; }

    /// <summary>Of the last step.</summary>
    public double LearningRate { get; }

    /// <summary>Of the last step.</summary>
    public double Tau { get; }

    /// <summary>Std of normalized target projections z' times √d, in a batch: 0 if training collapses. It monitors training; for the
    /// encoder's representations see <see cref="DiagnosisRecord.RepresentationStd"/>.</summary>
    public double EmbeddingStd { get; }

    /// <summary>Images (each with its two views) per second.</summary>
    public double ImagesPerSecond { get; }

    /// <summary>The share of the time in which training waited for views, 0 to 1.</summary>
    public double DataWait { get; }

    /// <summary>Training time since the start of this process.</summary>
    public double Seconds { get; }

    /// <inheritdoc/>
    private protected override string Line => string.Create(CultureInfo.InvariantCulture,
        $"step {Step:N0}: loss {Loss:F3}, z' std {EmbeddingStd:F2}, {ImagesPerSecond:N0} images/s");
}
