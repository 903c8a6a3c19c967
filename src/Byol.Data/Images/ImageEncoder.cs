using SkiaSharp;

namespace Byol.Data.Images;

/// <summary>Writes images as PNG.</summary>
public static class ImageEncoder
{
    /// <summary>Encodes an image.</summary>
    /// <param name="image">RGB.</param>
    /// <returns>A PNG file.</returns>
    public static byte[] Png(Image8 image)
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
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
