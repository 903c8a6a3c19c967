using Byol.Data.Loading;
using Byol.Data.Views;

namespace Byol.Evaluation;

/// <summary>What classifiers are trained on in the paper (appendix C): random crops and flips without any change of color, epoch after
/// epoch, in batches that differ by at most one image.</summary>
/// <param name="labeled">Training images whose labels may be seen.</param>
/// <param name="views">Size, crops and normalization.</param>
/// <param name="batchSize">Most images of a batch.</param>
/// <param name="epochs">Passes over the images.</param>
/// <param name="seed">Draws order and crops.</param>
internal sealed class TrainingCrops(IReadOnlyList<int> labeled, ViewOptions views, int batchSize, int epochs, ulong seed)
{
    private readonly EpochOrder _order = new(labeled.Count, seed);
    private readonly ViewSampler _sampler = new(CropAndFlip(views), seed);
    private (int Epoch, int[] Places) _epoch = (-1, []);

    /// <summary>How the views are rendered.</summary>
    public ViewOptions Views { get; } = CropAndFlip(views);

    /// <summary>Batches of an epoch.</summary>
    public int BatchesPerEpoch { get; } = LabeledBatches.Count(labeled.Count, batchSize);

    /// <summary>All batches, and the views in them.</summary>
    public ViewSequence Sequence() => new(
        (long)BatchesPerEpoch * epochs, (labeled.Count + BatchesPerEpoch - 1) / BatchesPerEpoch,
        batch => [.. Places(batch).Select(p => labeled[p])],
        (batch, index, _, width, height) => _sampler.Sample(width, height, (int)(batch / BatchesPerEpoch), index, view: 0));

    // One thread at a time, and batch after batch.
    private int[] Places(long batch)
    {
        var (epoch, number) = Math.DivRem(batch, BatchesPerEpoch);
        if (_epoch.Epoch != epoch) _epoch = ((int)epoch, _order.Indices((int)epoch));
        return LabeledBatches.Of(_epoch.Places, (int)number, BatchesPerEpoch);
    }

    private static ViewOptions CropAndFlip(ViewOptions views) =>
        views with { JitterProbability = 0, GrayscaleProbability = 0, BlurProbability = new(0, 0), SolarizeProbability = new(0, 0) };
}
