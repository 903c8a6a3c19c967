using SkiaSharp;

namespace Byol.Data.Images;

/// <summary>Decodes JPEG, PNG, WebP, BMP, GIF (first frame) and TIFF to 8-bit RGB.</summary>
public static class ImageDecoder
{
    /// <summary>The most pixels that an image may have by default.</summary>
    internal const long DefaultPixelLimit = 100_000_000;

    // Four bytes of each must fit in one array, with any limit.
    private const long MostPixels = int.MaxValue / 4 - 64;

    /// <summary>File extensions of images, in lower case.</summary>
    internal static IReadOnlyList<string> Extensions { get; } =
        [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"];

    private const int BitmapBitsAt = 28;

    private static readonly ImageOptions Defaults = new();

    // The codec opens more than these: icons, and WBMP, whose magic of two zeros fits many a broken file.
    private static readonly SKEncodedImageFormat[] Formats =
    [
        SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp,
        SKEncodedImageFormat.Bmp, SKEncodedImageFormat.Gif
    ];

    /// <summary>Whether a file's name ends like an image's.</summary>
    /// <param name="path">A path or name.</param>
    internal static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>Decodes an image in full size into its own memory.</summary>
    /// <inheritdoc cref="Decode(ReadOnlyMemory{byte}, string, ImageBuffer, long)"/>
    public static Image8 Decode(ReadOnlyMemory<byte> bytes, string name) => Decode(bytes, name, new ImageBuffer());

    /// <summary>Decodes an image. The header is read first: nothing is allocated for one over the limit.</summary>
    /// <remarks>
    /// A JPEG is decoded 2, 4 or 8 times smaller if the buffer allows it. The higher frequencies are not computed, which is cheaper than
    /// decoding and shrinking. The picture is nearly the same: at an eighth, views differ by 0.001 (smooth) to 0.009 (fine grain) of full
    /// scale in the mean, less at a half. Other formats are always decoded in full size.
    /// </remarks>
    /// <param name="bytes">The bytes of a complete file.</param>
    /// <param name="name">The name in messages.</param>
    /// <param name="buffer">The memory for the pixels, valid until the next read into it, and how much smaller they may be decoded.</param>
    /// <param name="pixelLimit">The most pixels that it may have.</param>
    /// <returns>RGB: gray and palette become RGB, CMYK is multiplied out, transparency is laid over white, EXIF orientation is applied,
    /// color profiles are not.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a complete image, or it is over the limit; the message names
    /// it.</exception>
    public static Image8 Decode(ReadOnlyMemory<byte> bytes, string name, ImageBuffer buffer, long pixelLimit = DefaultPixelLimit) =>
        Decode(bytes, name, buffer, Defaults, pixelLimit);

    /// <inheritdoc cref="Decode(ReadOnlyMemory{byte}, string, ImageBuffer, long)"/>
    /// <param name="bytes">The bytes of a complete file.</param>
    /// <param name="name">The name in messages.</param>
    /// <param name="buffer">The memory for the pixels, and how much smaller they may be decoded.</param>
    /// <param name="pixelLimit">The most pixels that it may have.</param>
    /// <param name="options">What lies behind transparent pixels, and how 16 bits become 8.</param>
    /// <param name="page">Which of a TIFF's images, from 0.</param>
    internal static Image8 Decode(
        ReadOnlyMemory<byte> bytes, string name, ImageBuffer buffer, ImageOptions options, long pixelLimit = DefaultPixelLimit,
        int page = 0)
    {
        if (TiffDirectory.Begins(bytes.Span)) return DecodeTiff(bytes, name, buffer, options, pixelLimit, page);
        using var pinned = bytes.Pin();
        using var data = Wrap(pinned, bytes.Length);
        using var codec = Open(bytes, data, name);
        var info = codec.Info;
        RequireWithin(pixelLimit, info.Width, info.Height, name);
        var origin = ExifOrientation.Read(codec.EncodedFormat, bytes.Span, codec.EncodedOrigin);
        var turned = RgbaPixels.IsTurned(origin);
        var (sourceWidth, sourceHeight) = turned ? (info.Height, info.Width) : (info.Width, info.Height);
        var size = codec.EncodedFormat == SKEncodedImageFormat.Jpeg
            ? codec.GetScaledDimensions(1f / buffer.Reduction(sourceWidth, sourceHeight))
            : info.Size;
        var rgba = Rgba(codec, bytes.Span, size, options, buffer, name);
        return Upright(rgba, size.Width, size.Height, origin, buffer) with { SourceWidth = sourceWidth, SourceHeight = sourceHeight };
    }

    private static Image8 DecodeTiff(
        ReadOnlyMemory<byte> bytes, string name, ImageBuffer buffer, ImageOptions options, long pixelLimit, int page)
    {
        using var tiff = TiffImage.Open(bytes, name, page, pixelLimit);
        var rgba = buffer.CodecMemory(tiff.Width * tiff.Height * 4);
        tiff.Read(rgba, options);
        return Upright(rgba.Span, tiff.Width, tiff.Height, tiff.Origin, buffer);
    }

    private static Image8 Upright(ReadOnlySpan<byte> rgba, int width, int height, SKEncodedOrigin origin, ImageBuffer buffer)
    {
        var rgb = buffer.Pixels(width * height * Image8.Channels);
        if (origin == SKEncodedOrigin.TopLeft) RgbaPixels.DropAlpha(rgba, rgb.Span);
        else RgbaPixels.Turn(rgba, width, height, origin, rgb.Span);
        buffer.DropLargeCodec();
        return RgbaPixels.IsTurned(origin) ? new Image8(rgb, height, width) : new Image8(rgb, width, height);
    }

    /// <summary>How many bits the colors of an image of 16 bits use; null if it has 8 or cannot be read.</summary>
    /// <param name="bytes">The bytes of a complete file.</param>
    /// <param name="page">Which of a TIFF's images, from 0.</param>
    internal static int? BitsInUse(ReadOnlyMemory<byte> bytes, int page = 0)
    {
        try
        {
            if (TiffDirectory.Begins(bytes.Span))
            {
                using var tiff = TiffImage.Open(bytes, "", page, DefaultPixelLimit);
                return tiff.IsDeep ? DeepPixels.Bits(tiff.LargestValue()) : null;
            }
            if (!PngSamples.AreIn(bytes.Span)) return null;
            var png = new PngSamples(bytes.Span);
            return (long)png.Width * png.Height <= DefaultPixelLimit ? DeepPixels.Bits(DeepPixels.Largest(png)) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static SKCodec Open(ReadOnlyMemory<byte> bytes, SKData data, string name)
    {
        var foreign = ForeignFormat.Describe(bytes.Span);
        var codec = bytes.IsEmpty || foreign is not null ? null : SKCodec.Create(data);
        if (codec is not null && Formats.Contains(codec.EncodedFormat)) return codec;
        codec?.Dispose();
        throw new InvalidDataException(foreign is null
            ? $"{name} is not an image that can be read (JPEG, PNG, WebP, BMP, GIF, TIFF)."
            : $"{name} is {foreign}, which is not read; convert it to JPEG or PNG.");
    }

    internal static void RequireWithin(long pixelLimit, int width, int height, string name)
    {
        if ((long)width * height <= Math.Min(pixelLimit, MostPixels)) return;
        throw new InvalidDataException(
            $"{name} has {width} x {height} pixels, above the limit of {pixelLimit / 1_000_000} megapixels; shrink it first.");
    }

    // As it lies in the file, four bytes a pixel.
    private static Span<byte> Rgba(
        SKCodec codec, ReadOnlySpan<byte> file, SKSizeI size, ImageOptions options, ImageBuffer buffer, string name)
    {
        var isOpaque = codec.Info.AlphaType == SKAlphaType.Opaque;
        var rgba = buffer.CodecMemory(size.Width * size.Height * 4);
        var damage = options.Depth < ImageOptions.FullDepth && PngSamples.AreIn(file)
            ? Deep(file, options.Depth, rgba)
            : Read(codec, new SKImageInfo(
                size.Width, size.Height, SKColorType.Rgba8888, isOpaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul),
                rgba.Span);
        if (damage is not null)
        {
            buffer.DropCodec();   // a broken header may have made it larger than any image needs
            throw new InvalidDataException($"{name} cannot be decoded ({damage}); it may be cut short.");
        }
        if (!isOpaque && HasAlpha(codec.EncodedFormat, file, rgba.Span)) RgbaPixels.Flatten(rgba.Span, options.BackgroundColor);
        return rgba.Span;
    }

    // In bitmaps only 32 bits a pixel can have it, and programs write them with a fourth byte that is not used, and zero.
    private static bool HasAlpha(SKEncodedImageFormat format, ReadOnlySpan<byte> file, ReadOnlySpan<byte> rgba) =>
        format != SKEncodedImageFormat.Bmp || (file.Length > BitmapBitsAt && file[BitmapBitsAt] == 32 && !RgbaPixels.IsBlank(rgba));

    private static string? Deep(ReadOnlySpan<byte> png, int depth, Memory<byte> rgba)
    {
        try
        {
            DeepPixels.Fill(new PngSamples(png), depth, rgba);
            return null;
        }
        catch (InvalidDataException e)
        {
            return e.Message.TrimEnd('.');
        }
    }

    private static unsafe SKData Wrap(System.Buffers.MemoryHandle pinned, int length) => SKData.Create((IntPtr)pinned.Pointer, length);

    // What is wrong, or null.
    private static unsafe string? Read(SKCodec codec, SKImageInfo info, Span<byte> rgba)
    {
        fixed (byte* target = rgba)
        {
            var result = codec.GetPixels(info, (IntPtr)target);
            return result == SKCodecResult.Success ? null : $"{result}";
        }
    }
}
