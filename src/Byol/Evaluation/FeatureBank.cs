using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Models;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>Representations of every image of a dataset, with labels if there are any.</summary>
public sealed class FeatureBank : IDisposable
{
    internal FeatureBank(Tensor features, IReadOnlyList<int> labels, IReadOnlyList<string> classes) =>
        (Features, Labels, Classes) = (features, labels, classes);

    /// <summary>[N,D] fp32.</summary>
    internal Tensor Features { get; }

    /// <summary>N class indices; empty if the dataset has none.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>Class names in label order.</summary>
    internal IReadOnlyList<string> Classes { get; }

    /// <summary>Digests of the images as the encoder sees them, in the same order; none if no encoder saw them.</summary>
    internal IReadOnlyList<UInt128> Digests { get; private init; } = [];

    /// <summary>Encodes every image as its encoder needs it: no augmentation, the encoder without heads.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="cancellation">Cancels between two batches.</param>
    /// <exception cref="InvalidDataException">An image cannot be read; the message names it.</exception>
    /// <exception cref="NumericsException">libtorch computes a layer wrongly on this processor, and no workaround helps.</exception>
    /// <exception cref="NonFiniteEmbeddingException">A representation is not finite; the message names the image.</exception>
    public static FeatureBank Encode(IImageEncoder encoder, IDataset dataset, CancellationToken cancellation = default)
    {
        var views = encoder.Preprocessing.ToViews();
        var sequence = ViewSequence.Center(dataset.Count, views, EncoderPass.EvaluationBatch, encoder.Preprocessing.Tiles);
        var digests = new UInt128[dataset.Count];
        return Of(dataset, EncoderPass.Rows(encoder, dataset, views, sequence, dataset.Count, cancellation, digests), digests);
    }

    /// <summary>The pixels themselves as features: the baseline that needs no encoder.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="views">Size (at most 32 px here, because more pixels only cost memory), center crop and normalization.</param>
    /// <param name="cancellation">Cancels between two batches.</param>
    /// <exception cref="InvalidDataException">An image cannot be read; the message names it.</exception>
    internal static FeatureBank RawPixels(IDataset dataset, ViewOptions views, CancellationToken cancellation = default)
    {
        var small = views with { ImageSize = Math.Min(views.ImageSize, 32) };
        using var pixels = new PixelEncoder(Preprocessing.Of(small));
        return Encode(pixels, dataset, cancellation);
    }

    /// <summary>The bank of some of the images.</summary>
    /// <param name="indices">Their indices.</param>
    internal FeatureBank Select(IReadOnlyList<int> indices)
    {
        using var rows = tensor(indices.Select(i => (long)i).ToArray());
        return new FeatureBank(Features.index_select(0, rows).DetachFromDisposeScope(), [.. indices.Select(i => Labels[i])], Classes)
        {
            Digests = Digests.Count == 0 ? [] : [.. indices.Select(i => Digests[i])],
        };
    }

    /// <summary>The same bank, to be disposed separately; both share the memory.</summary>
    internal FeatureBank Shared() => WithFeatures(Features.alias().DetachFromDisposeScope());

    /// <summary>Other features of the same images.</summary>
    internal FeatureBank WithFeatures(Tensor features) => new(features, Labels, Classes) { Digests = Digests };

    /// <summary>The same features with other class names; this bank must not be used afterwards.</summary>
    internal FeatureBank WithClasses(IReadOnlyList<string> classes) => new(Features, Labels, classes) { Digests = Digests };

    private static FeatureBank Of(IDataset dataset, Tensor features, UInt128[] digests)
    {
        try
        {
            int[] labels = dataset.Classes.Count == 0 ? [] : [.. Enumerable.Range(0, dataset.Count).Select(i => dataset.Label(i)
                ?? throw new InvalidDataException($"{dataset.ItemName(i)} in {dataset.Name} has no label."))];
            return new FeatureBank(features.DetachFromDisposeScope(), labels, dataset.Classes) { Digests = digests };
        }
        catch
        {
            features.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Features.Dispose();
}
