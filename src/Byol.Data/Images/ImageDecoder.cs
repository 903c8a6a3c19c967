using SkiaSharp;

namespace Byol.Data.Images;

/// <summary>Decodes JPEG, PNG, WebP, BMP and GIF (first frame) to 8-bit RGB.</summary>
public static class ImageDecoder
{
    /// <summary>The most pixels that an image may have by default.</summary>
    internal const long DefaultPixelLimit = 100_000_000;

    // Four bytes of each must fit in one array, whatever limit is asked for.
    private const long MostPixels = int.MaxValue / 4 - 64;

    /// <summary>File extensions of images, in lower case.</summary>
    internal static IReadOnlyList<string> Extensions { get; } = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif"];

    // The codec opens more than these: icons, and WBMP, whose magic of two zeros fits many a broken file.
    private static readonly SKEncodedImageFormat[] Formats =
    [
        SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp,
        SKEncodedImageFormat.Bmp, SKEncodedImageFormat.Gif
    ];

    /// <summary>Whether a file's name ends like an image's.</summary>
    /// <param name="path">A path or name.</param>
    internal static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>Decodes an image into memory of its own, whole.</summary>
    /// <inheritdoc cref="Decode(ReadOnlyMemory{byte}, string, ImageBuffer, long)"/>
    public static Image8 Decode(ReadOnlyMemory<byte> bytes, string name) => Decode(bytes, name, new ImageBuffer());

    /// <summary>Decodes an image. The header is read first: nothing is allocated for one over the limit.</summary>
    /// <remarks>
    /// A JPEG is decoded 2, 4 or 8 times smaller where the buffer allows it: the frequencies above are not computed, which is cheaper than
    /// decoding and shrinking, and nearly the same picture: at an eighth, views differ by 0.001 (smooth) to 0.009 (fine grain) of full
    /// scale in the mean, less at a half. Other formats always come whole.
    /// </remarks>
    /// <param name="bytes">A whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="buffer">Where the pixels will lie, until the next read into it; and how much smaller they may come.</param>
    /// <param name="pixelLimit">Most pixels it may have.</param>
    /// <returns>RGB; gray and palette are spread, CMYK is multiplied out, alpha is dropped, EXIF orientation applied (JPEG, PNG, WebP),
    /// no color profile.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a whole image, or it is over the limit; the message names it.</exception>
    public static Image8 Decode(ReadOnlyMemory<byte> bytes, string name, ImageBuffer buffer, long pixelLimit = DefaultPixelLimit)
    {
        using var pinned = bytes.Pin();
        using var data = Wrap(pinned, bytes.Length);
        using var codec = bytes.IsEmpty ? null : SKCodec.Create(data);
        if (codec is null || !Formats.Contains(codec.EncodedFormat))
            throw new InvalidDataException($"{name} is not an image that can be read (JPEG, PNG, WebP, BMP, GIF).");
        var (info, origin) = (codec.Info,
            codec.EncodedFormat == SKEncodedImageFormat.Png ? PngOrientation.Read(bytes.Span) : codec.EncodedOrigin);
        if ((long)info.Width * info.Height > Math.Min(pixelLimit, MostPixels))
        {
            throw new InvalidDataException(
                $"{name} has {info.Width} x {info.Height} pixels, above the limit of {pixelLimit / 1_000_000} megapixels; "
                    + "shrink it first.");
        }

        var turned = RgbaPixels.IsTurned(origin);
        var (sourceWidth, sourceHeight) = turned ? (info.Height, info.Width) : (info.Width, info.Height);
        var size = codec.EncodedFormat == SKEncodedImageFormat.Jpeg
            ? codec.GetScaledDimensions(1f / buffer.Reduction(sourceWidth, sourceHeight))
            : info.Size;
        var rgba = buffer.Codec(size.Width * size.Height * 4);
        var alpha = info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul;
        var result = Read(codec, new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, alpha), rgba);
        if (result != SKCodecResult.Success)
        {
            buffer.DropCodec();   // a broken header may have made it larger than any image needs
            throw new InvalidDataException($"{name} cannot be decoded ({result}); it may be cut short.");
        }

        var rgb = buffer.Pixels(size.Width * size.Height * Image8.Channels);
        if (origin == SKEncodedOrigin.TopLeft) RgbaPixels.DropAlpha(rgba, rgb.Span);
        else RgbaPixels.Turn(rgba, size.Width, size.Height, origin, rgb.Span);
        buffer.DropLargeCodec();
        var (width, height) = turned ? (size.Height, size.Width) : (size.Width, size.Height);
        return new Image8(rgb, width, height) { SourceWidth = sourceWidth, SourceHeight = sourceHeight };
    }

    private static unsafe SKData Wrap(System.Buffers.MemoryHandle pinned, int length) => SKData.Create((IntPtr)pinned.Pointer, length);

    private static unsafe SKCodecResult Read(SKCodec codec, SKImageInfo info, Span<byte> rgba)
    {
        fixed (byte* target = rgba) return codec.GetPixels(info, (IntPtr)target);
    }
}
