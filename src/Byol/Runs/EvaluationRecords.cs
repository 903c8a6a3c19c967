using System.Globalization;
using System.Text.Json.Serialization;

namespace Byol.Runs;

/// <summary>The encoder's accuracy, measured between two epochs.</summary>
public sealed class KnnRecord : RunRecord
{
    [JsonConstructor]
    internal KnnRecord(long step, double epoch, double knn, double seconds) =>
        (Step, Epoch, Knn, Seconds) = (step, epoch, knn, seconds);

    /// <inheritdoc/>
    public override long Step { get; }

    /// <summary>Epochs done.</summary>
    public double Epoch { get; }

    /// <summary>Accuracy of weighted nearest neighbors on the validation data, 0 to 1.</summary>
    public double Knn { get; }

    /// <summary>Training time since the start of this process.</summary>
    public double Seconds { get; }

    /// <summary>k, the number of neighbors that voted; null in logs of earlier versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonInclude]
    public int? Neighbors { get; internal init; }

    /// <summary>Accuracy of the online linear probe on the same images, 0 to 1; null if none learns.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonInclude]
    public double? Probe { get; internal init; }

    /// <summary>Balanced accuracy, 0 to 1, of a linear probe that was fitted on the encoder's features as they were; measured if the run
    /// began with an encoder, null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonInclude]
    public double? Linear { get; internal init; }

    /// <summary>Whether the encoder was better than at another evaluation of the run: by the linear probe if there is one; by nearest
    /// neighbors if there is none, or if the probe is equal.</summary>
    /// <param name="other">The other evaluation.</param>
    internal bool IsBetterThan(KnnRecord other) => (Linear ?? 0, Knn).CompareTo((other.Linear ?? 0, other.Knn)) > 0;

    /// <inheritdoc/>
    private protected override string Line
    {
        get
        {
            var neighbors = Neighbors is { } k ? $" (k = {k})" : "";
            var probe = Probe is null ? "" : string.Create(CultureInfo.InvariantCulture, $", online probe {100 * Probe:F1} %");
            var linear = Linear is null ? "" : string.Create(CultureInfo.InvariantCulture, $", linear probe {100 * Linear:F1} % (balanced)");
            return string.Create(CultureInfo.InvariantCulture, $"epoch {Epoch:0.#}: kNN {100 * Knn:F1} %{neighbors}{linear}{probe}");
        }
    }
}

/// <summary>Measures of the encoder's representations of training images that need no labels, between two epochs.</summary>
public sealed class DiagnosisRecord : RunRecord
{
    [JsonConstructor]
    internal DiagnosisRecord(
        long step, double epoch, double effectiveRank, double representationStd, double alignment, double uniformity, double seconds) =>
        (Step, Epoch, EffectiveRank, RepresentationStd, Alignment, Uniformity, Seconds) = (step, epoch, effectiveRank,
        representationStd, alignment, uniformity, seconds);

    /// <inheritdoc/>
    public override long Step { get; }

    /// <summary>Epochs done.</summary>
    public double Epoch { get; }

    /// <summary>RankMe, from 1 (collapsed).</summary>
    public double EffectiveRank { get; }

    /// <summary>Spread: std of normalized representations times √D, 0 if collapsed; the same figure as <c>Diagnostics.Std</c>, but not as
    /// <see cref="StepRecord.EmbeddingStd"/>, which measures projections.</summary>
    public double RepresentationStd { get; }

    /// <summary>Mean squared distance of two views of an image, 0 to 4.</summary>
    public double Alignment { get; }

    /// <summary>How evenly images lie on the sphere, −8 (evenly) to 0 (collapsed).</summary>
    public double Uniformity { get; }

    /// <summary>Training time since the start of this process.</summary>
    public double Seconds { get; }

    /// <inheritdoc/>
    private protected override string Line => string.Create(CultureInfo.InvariantCulture,
        $"epoch {Epoch:0.#}: effective rank {EffectiveRank:F1}, spread {RepresentationStd:F2}, "
        + $"alignment {Alignment:F2}, uniformity {Uniformity:F2}");
}
