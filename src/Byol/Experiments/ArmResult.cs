
namespace Byol.Experiments;

/// <summary>What one run of a row came to.</summary>
/// <param name="Folder">The row's folder.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Knn">Accuracy of weighted nearest neighbors on the test images, 0 to 1.</param>
/// <param name="Linear">Accuracy of a linear probe on the test images, 0 to 1.</param>
/// <param name="Loss">Loss of the last logged steps; null if nothing was trained.</param>
/// <param name="EmbeddingStd">Std of normalized target projections times √d at the end; null if nothing was trained.</param>
/// <param name="EffectiveRank">RankMe of the encoder at the end; null if nothing was trained.</param>
/// <param name="Alarm">Whether the collapse alarm was raised.</param>
/// <param name="Seconds">Time of training and scoring in the process that finished it.</param>
internal sealed record ArmResult(
    string Folder, ulong Seed, double Knn, double Linear,
    double? Loss, double? EmbeddingStd, double? EffectiveRank, bool Alarm, double Seconds);
