using Byol.Data.Datasets;
using Byol.Data.Views;
using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Evaluation;

/// <summary>What an encoder's representations are like, measured without labels.</summary>
/// <param name="Images">Images that were looked at.</param>
/// <param name="Dimension">D, the size of a representation.</param>
/// <param name="Std">Std of normalized representations of center views, times √D: <see cref="Geometry.NormalizedStd"/>.</param>
/// <param name="EffectiveRank">RankMe of the representations of center views, 1 to min(N,D).</param>
/// <param name="Alignment">Mean squared distance of two drawn views of an image, 0 to 4.</param>
/// <param name="Uniformity">How evenly center views lie on the sphere, −8 to 0.</param>
/// <param name="Spectrum">Singular values of the covariance, largest first.</param>
public sealed record Diagnostics(
    int Images, long Dimension, double Std, double EffectiveRank, double Alignment, double Uniformity, IReadOnlyList<double> Spectrum)
{
    private const int BatchSize = 256;

    /// <summary>Measures an encoder on images spread evenly over a dataset.</summary>
    /// <param name="encoder">f. Its mode is put back afterwards; no weight or buffer changes.</param>
    /// <param name="dataset">The images, at least two; labels are not asked for.</param>
    /// <param name="views">Size, center crop and normalization; and the distributions of the two views that alignment compares.</param>
    /// <param name="most">Most images to look at.</param>
    /// <param name="seed">Draws the two views.</param>
    /// <param name="precision">What the encoder computes in.</param>
    /// <param name="device">Where the encoder lives.</param>
    /// <param name="cancellation">Ends the work between two batches.</param>
    /// <exception cref="InvalidDataException">An image cannot be read; the message names it.</exception>
    /// <exception cref="ArgumentException">There are fewer than two images.</exception>
    /// <exception cref="NonFiniteEmbeddingException">A representation is not finite; the message names the image.</exception>
    public static Diagnostics Of(
        Module<Tensor, Tensor> encoder, IDataset dataset, ViewOptions views, int most, ulong seed,
        Precision precision, Device device, CancellationToken cancellation = default)
    {
        var count = Math.Min(most, dataset.Count);
        if (count < 2)
            throw new ArgumentException($"{count} images of {dataset.Name} are too few: distances need at least 2; use for instance 1000.");
        EncoderNumerics.Require(encoder, views.ImageSize, Math.Min(BatchSize, count), precision, device);
        var indices = Enumerable.Range(0, count).Select(i => (int)((long)i * dataset.Count / count)).ToArray();
        var sampler = new ViewSampler(views, seed);
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using var images = new ImageBatches(dataset, views, device, precision.ComputeType(device));
        var training = encoder.training;
        encoder.eval();
        try
        {
            var center = Encode(batch => images.Center(batch));               // [N,D]
            var first = Encode(batch => images.Drawn(batch, sampler, 0));     // [N,D]
            var second = Encode(batch => images.Drawn(batch, sampler, 0, view: 1));
            return new Diagnostics(
                count, center.shape[1], Geometry.NormalizedStd(center), Geometry.EffectiveRank(center), Geometry.Alignment(first, second),
                Geometry.Uniformity(center), Geometry.Spectrum(center));
        }
        finally
        {
            encoder.train(training);
        }

        Tensor Encode(Func<int[], Tensor> render)
        {
            using var part = NewDisposeScope();
            var features = new List<Tensor>();
            foreach (var batch in indices.Chunk(BatchSize))
            {
                cancellation.ThrowIfCancellationRequested();
                using var step = NewDisposeScope();
                features.Add(Representations.Of(encoder, render(batch), dataset, batch).MoveToOuterDisposeScope());
            }
            return cat(features, 0).MoveToOuterDisposeScope();
        }
    }
}
