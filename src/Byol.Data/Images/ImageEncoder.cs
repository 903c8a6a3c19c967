using SkiaSharp;

namespace Byol.Data.Images;

/// <summary>Writes images as PNG or JPEG.</summary>
internal static class ImageEncoder
{
    /// <summary>Encodes an image.</summary>
    /// <param name="image">RGB.</param>
    /// <returns>A PNG file.</returns>
    public static byte[] Png(Image8 image) => Encode(image, SKEncodedImageFormat.Png, 100);

    /// <summary>Encodes an image with loss: a tenth of a PNG for a photograph.</summary>
    /// <param name="image">RGB.</param>
    /// <param name="quality">1 to 100.</param>
    /// <returns>A JPEG file.</returns>
    public static byte[] Jpeg(Image8 image, int quality = 85) => Encode(image, SKEncodedImageFormat.Jpeg, quality);

    private static byte[] Encode(Image8 image, SKEncodedImageFormat format, int quality)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var rgb = image.Pixels.Span;
        unsafe
        {
            var target = new Span<byte>((void*)bitmap.GetPixels(), image.Width * image.Height * 4);
            for (var i = 0; i < image.Width * image.Height; i++)
            {
                rgb.Slice(3 * i, 3).CopyTo(target[(4 * i)..]);
                target[4 * i + 3] = 255;
            }
        }
        using var data = bitmap.Encode(format, quality);
        return data.ToArray();
    }
}
