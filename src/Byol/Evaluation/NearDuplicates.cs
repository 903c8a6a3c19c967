using Byol.Data.Datasets;
using Byol.Data.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>Finds images of a dataset that are nearly the same picture, for instance the same thing photographed again. They belong on one
/// side of a split.</summary>
/// <remarks>
/// They are found in the pixels, the whole image at 32 x 32, without its mean and divided by its contrast. So no compared encoder
/// influences the split, and brightness has no effect. Every two images of a group are near-duplicates. On 530 photographs of tiles the
/// rule finds 309 pairs; 272 of them are photographs of one tile by their file numbers (0.03: 212 of 234; 0.10: 364 of 738). The distances
/// have no gap between photographs of one tile and of two tiles.
/// </remarks>
public static class NearDuplicates
{
    private const int Side = 32, Decoded = 2 * Side;
    private const double Share = 0.05;

    /// <summary>The group of each image, as the lowest index in it.</summary>
    /// <param name="dataset">The images; labels are not read.</param>
    /// <param name="cancellation">Cancels between two images.</param>
    /// <exception cref="InvalidDataException">An image cannot be read, or nearly all images are alike.</exception>
    public static int[] Groups(IDataset dataset, CancellationToken cancellation = default)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var bank = Unit(Pixels(dataset, cancellation));
        return CompleteLink.Groups(dataset.Count, CompleteLink.Pairs(bank, Threshold(bank), cancellation));
    }

    /// <summary>The number of images that are near-duplicates of an image of another dataset.</summary>
    /// <param name="known">The other dataset.</param>
    /// <param name="asked">The images.</param>
    /// <param name="cancellation">Cancels between two images.</param>
    internal static int Across(IDataset known, IDataset asked, CancellationToken cancellation = default)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var (bank, queries) = (Unit(Pixels(known, cancellation)), Unit(Pixels(asked, cancellation)));
        var (threshold, count) = (Threshold(cat([bank, queries])), 0);
        BlockedCosine.ForEach(queries, bank, (_, similarities) =>
            count += similarities.amax([1]).data<float>().Count(nearest => nearest >= threshold), cancellation);
        return count;
    }

    /// <summary>The least cosine of near-duplicates: their distance, 1 − cos, is a twentieth of the mean over pairs of images. A fixed
    /// cosine would not suit all encoders, because their mean distances differ.</summary>
    /// <param name="bank">[N,D] fp32, rows of length 1; N is 2 or more.</param>
    internal static double Threshold(Tensor bank)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var (n, mean) = ((double)bank.shape[0], bank.mean([0], type: ScalarType.Float64));
        var usual = (n * mean.dot(mean).item<double>() - 1) / (n - 1);       // the mean cosine of two
        return 1 - Share * Math.Clamp(1 - usual, 0, 1);
    }

    // Each row without its mean, divided by its length; 0 for an image of one color.
    private static Tensor Unit(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        using Scalar minusOne = -1;
        var centered = pixels.add(pixels.mean([1], keepdim: true), minusOne);
        return nn.functional.normalize(centered, p: 2, dim: 1).MoveToOuterDisposeScope();
    }

    private static Tensor Pixels(IDataset dataset, CancellationToken cancellation)
    {
        const int dimension = Side * Side * Image8.Channels;
        var rows = new float[dataset.Count * (long)dimension];
        using var buffers = new ThreadLocal<ImageBuffer>(
            () => new ImageBuffer((width, height) => ImageBuffer.MostReduction(Math.Min(width, height), Decoded)));
        Parallel.For(0, dataset.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            var pixels = Shrink.Resize(dataset.Read(i, buffers.Value!), Side, Side).Pixels.Span;
            for (var p = 0; p < dimension; p++) rows[i * (long)dimension + p] = pixels[p];
        });
        return tensor(rows).reshape(dataset.Count, dimension);
    }
}
