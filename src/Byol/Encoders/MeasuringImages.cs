using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Interop;
using static TorchSharp.torch;

namespace Byol.Encoders;

/// <summary>Some of a dataset's images, for what is measured on them in an encoder.</summary>
internal static class MeasuringImages
{
    private const int Most = 256, AtOnce = 16;

    /// <summary>The number of them.</summary>
    public static int Count(IDataset images) => Math.Min(images.Count, Most);

    /// <summary>Hands them over in batches, spread evenly over the dataset.</summary>
    /// <param name="images">The images.</param>
    /// <param name="views">What the encoder is given.</param>
    /// <param name="device">Its device.</param>
    /// <param name="take">Takes [n,3,S,S], normalized.</param>
    /// <exception cref="InvalidDataException">None of them can be read.</exception>
    public static void Give(IDataset images, ViewOptions views, Device device, Action<Tensor> take)
    {
        var (renderer, count, length) = (new ViewRenderer(views), Count(images), 3 * views.ImageSize * views.ImageSize);
        var (pixels, filled, seen) = (new float[AtOnce * length], 0, 0);
        for (var i = 0; i < count; i++)
        {
            if (TryRead(images, (int)((long)i * images.Count / count)) is { } image)
            {
                var view = pixels.AsSpan(filled++ * length, length);
                renderer.RenderColors(image, ViewSampler.Center(views, image.SourceWidth, image.SourceHeight), view);
                renderer.Normalize(view);
            }
            if (filled == 0 || (filled < AtOnce && i < count - 1)) continue;
            using var x = ViewTensors.From(pixels, filled, views.ImageSize, device, ScalarType.Float32);
            take(x);
            (seen, filled) = (seen + filled, 0);
        }
        if (seen == 0) throw new InvalidDataException($"None of {count} images of {images.Name} can be read; give others.");
    }

    // What cannot be read is named when it is trained on.
    private static Image8? TryRead(IDataset images, int index)
    {
        try
        {
            return images.Read(index);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
