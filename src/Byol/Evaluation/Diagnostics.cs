using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Models;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>Measures of an encoder's representations that need no labels.</summary>
public sealed class Diagnostics
{
    internal Diagnostics(
        int images, long dimension, double std, double effectiveRank, double alignment, double uniformity,
        IReadOnlyList<double> spectrum) =>
        (Images, Dimension, Std, EffectiveRank, Alignment, Uniformity, Spectrum) = (images, dimension, std, effectiveRank, alignment,
        uniformity, spectrum);

    /// <summary>Images that were measured.</summary>
    public int Images { get; }

    /// <summary>D, the size of a representation.</summary>
    public long Dimension { get; }

    /// <summary>Std of normalized representations of center views, times √D: <see cref="Geometry.NormalizedStd"/>.</summary>
    public double Std { get; }

    /// <summary>RankMe of the representations of center views, 1 to min(N,D).</summary>
    public double EffectiveRank { get; }

    /// <summary>Mean squared distance of two drawn views of an image, 0 to 4.</summary>
    public double Alignment { get; }

    /// <summary>How evenly center views lie on the sphere, −8 (evenly) to 0 (collapsed).</summary>
    public double Uniformity { get; }

    /// <summary>Singular values of the covariance, largest first.</summary>
    public IReadOnlyList<double> Spectrum { get; }

    /// <summary>Measures an encoder on images spread evenly over a dataset.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="dataset">The images, at least two; labels are not read.</param>
    /// <param name="views">The distributions of the two views that alignment compares, at the size of the encoder's input.</param>
    /// <param name="most">The most images to measure.</param>
    /// <param name="seed">Seeds the two views.</param>
    /// <param name="cancellation">Cancels between two batches.</param>
    /// <exception cref="InvalidDataException">An image cannot be read; the message names it.</exception>
    /// <exception cref="ArgumentException">There are fewer than two images.</exception>
    /// <exception cref="NonFiniteEmbeddingException">A representation is not finite; the message names the image.</exception>
    public static Diagnostics Of(
        IImageEncoder encoder, IDataset dataset, ViewOptions views, int most, ulong seed, CancellationToken cancellation = default) =>
        Of(encoder, dataset, views, most, seed, (_, _) => { }, cancellation);

    // Look receives the representations of center views, [N,D], and the indices of their images; they are disposed after the call.
    internal static Diagnostics Of(
        IImageEncoder encoder, IDataset dataset, ViewOptions views, int most, ulong seed, Action<IReadOnlyList<int>, Tensor> look,
        CancellationToken cancellation)
    {
        var count = Math.Min(most, dataset.Count);
        if (count < 2)
            throw new ArgumentException($"{count} images of {dataset.Name} are too few: distances need at least 2; use for instance 1000.");
        var indices = Enumerable.Range(0, count).Select(i => (int)((long)i * dataset.Count / count)).ToArray();
        var (centered, drawn) = (encoder.Preprocessing.ToViews(), views with { ImageSize = encoder.Preprocessing.ImageSize });
        var sampler = new ViewSampler(drawn, seed);
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var whole = ViewSequence.Center(indices, centered, EncoderPass.EvaluationBatch, encoder.Preprocessing.Tiles);
        var center = Encode(centered, whole);                                                                        // [N,D]
        var first = Encode(drawn, ViewSequence.Drawn(indices, sampler, view: 0, EncoderPass.EvaluationBatch));        // [N,D]
        var second = Encode(drawn, ViewSequence.Drawn(indices, sampler, view: 1, EncoderPass.EvaluationBatch));
        look(indices, center);
        return new Diagnostics(
            count, center.shape[1], Geometry.NormalizedStd(center), Geometry.EffectiveRank(center), Geometry.Alignment(first, second),
            Geometry.Uniformity(center), Geometry.Spectrum(center));

        Tensor Encode(ViewOptions rendered, ViewSequence sequence) =>
            EncoderPass.Rows(encoder, dataset, rendered, sequence, count, cancellation);
    }
}
