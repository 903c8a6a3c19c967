using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Cli.Terminal;

/// <summary>Small JPEGs of images, for pages.</summary>
internal static class Thumbnail
{
    private const int Side = 256;   // pixels: shown at 128 and a little more, sharp on fine screens
    private const int SmallSide = 64;    // of ten thousand on one page

    /// <summary>Of an image of a dataset.</summary>
    public static byte[] Of(IDataset dataset, int index) => Of(dataset, index, Side);

    /// <summary>Of an image of a dataset, smaller.</summary>
    public static byte[] Small(IDataset dataset, int index) => Of(dataset, index, SmallSide);

    /// <summary>Of an image; empty where it cannot be read. It was read before: whatever has become of it since does not cost the page.
    /// </summary>
    public static byte[] Of(Func<Image8> read) => Of(read, Side);

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
