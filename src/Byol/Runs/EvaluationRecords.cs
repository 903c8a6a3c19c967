using System.Globalization;
using System.Text.Json.Serialization;

namespace Byol.Runs;

/// <summary>The encoder's accuracy, measured between two epochs.</summary>
/// <param name="Step">Optimizer steps taken.</param>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Knn">Accuracy of weighted nearest neighbors on the validation data, 0 to 1.</param>
/// <param name="Seconds">Training time since the start of this process.</param>
public sealed record KnnRecord(long Step, double Epoch, double Knn, double Seconds) : RunRecord
{
    /// <summary>Accuracy of the online linear probe on the same images, 0 to 1; null where none learns.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Probe { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"epoch {Epoch:0.#}: kNN {100 * Knn:F1} %{(Probe is null ? "" : ", online probe ")}{100 * Probe:F1}{(Probe is null ? "" : " %")}");
}

/// <summary>What the encoder's representations of training images are like, measured between two epochs without labels.</summary>
/// <param name="Step">Optimizer steps taken.</param>
/// <param name="Epoch">Epochs done.</param>
/// <param name="EffectiveRank">RankMe, from 1 (collapsed).</param>
/// <param name="RepresentationStd">Std of normalized representations times √D: 0 collapsed.</param>
/// <param name="Alignment">Mean squared distance of two views of an image, 0 to 4.</param>
/// <param name="Uniformity">How evenly images lie on the sphere, −8 to 0 (collapsed).</param>
/// <param name="Seconds">Training time since the start of this process.</param>
public sealed record DiagnosisRecord(
    long Step, double Epoch, double EffectiveRank, double RepresentationStd, double Alignment, double Uniformity, double Seconds)
    : RunRecord
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"epoch {Epoch:0.#}: effective rank {EffectiveRank:F1}, std {RepresentationStd:F2}, "
        + $"alignment {Alignment:F2}, uniformity {Uniformity:F2}");
}
