using Byol.Data.Datasets;
using Byol.Data.Views;
using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Evaluation;

/// <summary>Representations of every image of a dataset, with the labels where there are any.</summary>
/// <param name="Features">[N,D] fp32.</param>
/// <param name="Labels">N class indices; empty where the dataset has none.</param>
/// <param name="Classes">Class names in label order.</param>
public sealed record FeatureBank(Tensor Features, IReadOnlyList<int> Labels, IReadOnlyList<string> Classes) : IDisposable
{
    private const int BatchSize = 256;

    /// <summary>Encodes the center view of every image: no augmentation, evaluation mode, online encoder without heads.</summary>
    /// <param name="encoder">f. Its mode is put back afterwards; no weight or buffer changes.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="views">Size, center crop and normalization.</param>
    /// <param name="precision">What the encoder computes in.</param>
    /// <param name="device">Where the encoder lives.</param>
    /// <param name="cancellation">Ends the work between two batches.</param>
    /// <exception cref="InvalidDataException">An image cannot be read; the message names it.</exception>
    /// <exception cref="NumericsException">libtorch computes a layer wrongly on this processor, whatever way is taken.</exception>
    /// <exception cref="NonFiniteEmbeddingException">A representation is not finite; the message names the image.</exception>
    public static FeatureBank Encode(
        Module<Tensor, Tensor> encoder, IDataset dataset, ViewOptions views, Precision precision, Device device,
        CancellationToken cancellation = default)
    {
        EncoderNumerics.Require(encoder, views.ImageSize, Math.Min(BatchSize, dataset.Count), precision, device);
        var training = encoder.training;
        encoder.eval();
        try
        {
            using var images = new ImageBatches(dataset, views, device, precision.ComputeType(device));
            return Collect(dataset, images, (views, indices) => Representations.Of(encoder, views, dataset, indices), cancellation);
        }
        finally
        {
            encoder.train(training);
        }
    }

    /// <summary>The pixels themselves as features: the baseline that needs no encoder.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="views">Size (32 px at most here: beyond it pixels only cost memory), center crop and normalization.</param>
    /// <param name="cancellation">Ends the work between two batches.</param>
    /// <exception cref="InvalidDataException">An image cannot be read; the message names it.</exception>
    public static FeatureBank RawPixels(IDataset dataset, ViewOptions views, CancellationToken cancellation = default)
    {
        var small = views with { ImageSize = Math.Min(views.ImageSize, 32) };
        using var images = new ImageBatches(dataset, small, CPU, ScalarType.Float32);
        return Collect(dataset, images, (pixels, _) => pixels.reshape(pixels.shape[0], -1), cancellation);
    }

    /// <summary>The bank of some of the images.</summary>
    /// <param name="indices">Which.</param>
    public FeatureBank Select(IReadOnlyList<int> indices)
    {
        using var rows = tensor(indices.Select(i => (long)i).ToArray());
        return this with
        {
            Features = Features.index_select(0, rows).DetachFromDisposeScope(),
            Labels = [.. indices.Select(i => Labels[i])]
        };
    }

    private static FeatureBank Collect(IDataset dataset, ImageBatches images, Func<Tensor, int[], Tensor> encode,
        CancellationToken cancellation)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        foreach (var indices in Enumerable.Range(0, dataset.Count).Chunk(BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            using var batch = NewDisposeScope();
            parts.Add(encode(images.Center(indices), indices).MoveToOuterDisposeScope());
        }
        int[] labels = dataset.Classes.Count == 0 ? [] : [.. Enumerable.Range(0, dataset.Count).Select(i => dataset.Label(i)
            ?? throw new InvalidDataException($"{dataset.ItemName(i)} in {dataset.Name} has no label."))];
        return new FeatureBank(cat(parts, 0).DetachFromDisposeScope(), labels, dataset.Classes);
    }

    /// <inheritdoc/>
    public void Dispose() => Features.Dispose();
}
