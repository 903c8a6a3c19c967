using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Interop;
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

    /// <summary>Encodes the centre view of every image: no augmentation, evaluation mode, online encoder without heads.</summary>
    /// <param name="encoder">f. Its mode is put back afterwards; no weight or buffer changes.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="views">Size, centre crop and normalisation.</param>
    /// <param name="precision">What the encoder computes in.</param>
    /// <param name="device">Where the encoder lives.</param>
    /// <param name="cancellation">Ends the work between two batches.</param>
    /// <exception cref="InvalidDataException">An image cannot be read; the message names it.</exception>
    public static FeatureBank Encode(Module<Tensor, Tensor> encoder, IDataset dataset, ViewOptions views, Precision precision, Device device, CancellationToken cancellation = default)
    {
        var type = precision.ComputeType(device);
        var training = encoder.training;
        encoder.eval();
        try
        {
            return Collect(dataset, views, (pixels, count) =>
            {
                using var images = ViewTensors.From(pixels, count, views.ImageSize, device, type);
                using var features = encoder.forward(images);
                return features.to(ScalarType.Float32, CPU);
            }, cancellation);
        }
        finally
        {
            encoder.train(training);
        }
    }

    /// <summary>The pixels themselves as features: the baseline that needs no encoder.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="views">Size (32 px at most here: beyond it pixels only cost memory), centre crop and normalisation.</param>
    /// <param name="cancellation">Ends the work between two batches.</param>
    /// <exception cref="InvalidDataException">An image cannot be read; the message names it.</exception>
    public static FeatureBank RawPixels(IDataset dataset, ViewOptions views, CancellationToken cancellation = default)
    {
        var small = views with { ImageSize = Math.Min(views.ImageSize, 32) };
        return Collect(dataset, small, (pixels, count) =>
        {
            using var images = ViewTensors.From(pixels, count, small.ImageSize, CPU, ScalarType.Float32);
            return images.reshape(count, -1);
        }, cancellation);
    }

    private delegate Tensor Encoding(float[] pixels, int count);

    private static FeatureBank Collect(IDataset dataset, ViewOptions views, Encoding encode, CancellationToken cancellation)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var viewLength = views.ImageSize * views.ImageSize * 3;
        var pixels = new float[BatchSize * viewLength];
        using var threads = new ThreadLocal<(ViewRenderer Renderer, ImageBuffer Buffer)>(() =>
            (new ViewRenderer(views), new ImageBuffer((width, height) => ViewSampler.Center(views, width, height).Crop.Reduction(views.ImageSize))));
        var parts = new List<Tensor>();
        for (var start = 0; start < dataset.Count; start += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(BatchSize, dataset.Count - start);
            Render(start, count);
            using var batch = NewDisposeScope();
            parts.Add(encode(pixels, count).MoveToOuterDisposeScope());
        }
        var labels = dataset.Classes.Count == 0 ? [] : Enumerable.Range(0, dataset.Count).Select(i => dataset.Label(i) ?? throw new InvalidDataException($"{dataset.ItemName(i)} in {dataset.Name} has no label.")).ToArray();
        return new FeatureBank(cat(parts, 0).DetachFromDisposeScope(), labels, dataset.Classes);

        void Render(int start, int count)
        {
            try
            {
                Parallel.For(0, count, i =>
                {
                    var (renderer, buffer) = threads.Value;
                    var image = dataset.Read(start + i, buffer);
                    renderer.Render(image, ViewSampler.Center(views, image.SourceWidth, image.SourceHeight), pixels.AsSpan(i * viewLength, viewLength));
                });
            }
            catch (AggregateException e) when (e.GetBaseException() is InvalidDataException unreadable)
            {
                throw new InvalidDataException(unreadable.Message, e);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Features.Dispose();
}
