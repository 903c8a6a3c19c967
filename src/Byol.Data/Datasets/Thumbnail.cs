using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Small JPEGs of images, for pages.</summary>
public static class Thumbnail
{
    private const int Side = 384;   // pixels: shown at 132, and at a click as large as the window
    private const int SmallSide = 64;    // of ten thousand on one page

    /// <summary>A thumbnail of an image of a dataset; empty if it cannot be read, so that a page is written even if a file has
    /// changed.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="index">0 to <see cref="IDataset.Count"/> − 1.</param>
    public static byte[] Of(IDataset dataset, int index) => Of(dataset, index, Side);

    /// <summary>A smaller thumbnail of an image of a dataset.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="index">0 to <see cref="IDataset.Count"/> − 1.</param>
    public static byte[] Small(IDataset dataset, int index) => Of(dataset, index, SmallSide);

    /// <summary>A thumbnail of an image file in memory; empty if it cannot be read.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">The name in messages.</param>
    public static byte[] Of(ReadOnlyMemory<byte> file, string name) => Of(() => ImageDecoder.Decode(file, name), Side);

    private static byte[] Of(IDataset dataset, int index, int side) =>
        Of(() => dataset.Read(index, new ImageBuffer((width, height) => ImageBuffer.MostReduction(Math.Max(width, height), side))), side);

    private static byte[] Of(Func<Image8> read, int side)
    {
        try
        {
            var image = read();
            var scale = Math.Min(1, (double)side / Math.Max(image.Width, image.Height));
            return ImageEncoder.Jpeg(Shrink.Resize(
                image, Math.Max(1, (int)(image.Width * scale)), Math.Max(1, (int)(image.Height * scale))));
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }
}
