using SkiaSharp;

namespace Byol.Data.Images;

/// <summary>Decodes JPEG, PNG, WebP, BMP and GIF (first frame) to 8-bit RGB.</summary>
public static class ImageDecoder
{
    /// <summary>Most pixels an image may have by default.</summary>
    public const long DefaultPixelLimit = 100_000_000;

    /// <summary>File endings that are taken for images, in lower case.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif"];

    // The codec opens more than these: icons, and WBMP, whose magic of two zeros fits many a broken file.
    private static readonly SKEncodedImageFormat[] Formats =
        [SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp, SKEncodedImageFormat.Bmp, SKEncodedImageFormat.Gif];

    /// <summary>Whether a file's name ends like an image's.</summary>
    /// <param name="path">A path or name.</param>
    public static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>Decodes an image. The header is read first: nothing is allocated for one over the limit.</summary>
    /// <param name="bytes">A whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="pixelLimit">Most pixels it may have.</param>
    /// <returns>RGB; gray and palette are spread, alpha is dropped, EXIF orientation applied, no colour profile.</returns>
    /// <exception cref="InvalidDataException">The bytes are no whole image, or it is over the limit; the message names it.</exception>
    public static Image8 Decode(ReadOnlyMemory<byte> bytes, string name, long pixelLimit = DefaultPixelLimit)
    {
        using var pinned = bytes.Pin();
        using var data = Wrap(pinned, bytes.Length);
        using var codec = bytes.IsEmpty ? null : SKCodec.Create(data);
        if (codec is null || !Formats.Contains(codec.EncodedFormat))
            throw new InvalidDataException($"{name} is not an image that can be read (JPEG, PNG, WebP, BMP, GIF).");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height > pixelLimit)
            throw new InvalidDataException($"{name} has {width} x {height} pixels, above the limit of {pixelLimit / 1_000_000} megapixels; shrink it first.");

        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul));
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result != SKCodecResult.Success) throw new InvalidDataException($"{name} cannot be decoded ({result}); it may be cut short.");
        return Upright(bitmap.GetPixelSpan(), width, height, codec.EncodedOrigin);
    }

    private static unsafe SKData Wrap(System.Buffers.MemoryHandle pinned, int length) => SKData.Create((IntPtr)pinned.Pointer, length);

    // EXIF orientations 1 to 8: where the first row and column of the file stand in the picture.
    private static Image8 Upright(ReadOnlySpan<byte> rgba, int width, int height, SKEncodedOrigin origin)
    {
        var turned = origin >= SKEncodedOrigin.LeftTop;
        var (w, h) = turned ? (height, width) : (width, height);
        var (flipX, flipY) = origin switch
        {
            SKEncodedOrigin.TopRight => (true, false),
            SKEncodedOrigin.BottomRight => (true, true),
            SKEncodedOrigin.BottomLeft => (false, true),
            SKEncodedOrigin.RightTop => (true, false),
            SKEncodedOrigin.RightBottom => (true, true),
            SKEncodedOrigin.LeftBottom => (false, true),
            _ => (false, false),
        };
        var rgb = new byte[w * h * Image8.Channels];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (tx, ty) = turned ? (y, x) : (x, y);
                if (flipX) tx = w - 1 - tx;
                if (flipY) ty = h - 1 - ty;
                rgba.Slice((y * width + x) * 4, 3).CopyTo(rgb.AsSpan((ty * w + tx) * 3));
            }
        }
        return new Image8(rgb, w, h);
    }
}
