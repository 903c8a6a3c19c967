using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;
using SkiaSharp;

namespace Byol.Data.Images;

/// <summary>One page of a TIFF, decoded by LibTiff.NET. Its header was checked first: the library trusts lengths.</summary>
internal sealed class TiffImage : IDisposable
{
    private const int MostSamples = 16, LargeBlock = 1 << 24;   // bytes

    private readonly Tiff _tiff;
    private readonly TiffDirectory _page;
    private readonly string _name;

    private enum Transparency
    {
        None,
        Associated,
        Unassociated
    }

    static TiffImage() => Tiff.SetErrorHandler(new Silent());   // or it would write to standard error

    private TiffImage(Tiff tiff, TiffDirectory page, string name) => (_tiff, _page, _name) = (tiff, page, name);

    /// <summary>Opens a page.</summary>
    /// <param name="bytes">A whole file.</param>
    /// <param name="name">The name in messages.</param>
    /// <param name="page">Its number among the pages that are images, from 0.</param>
    /// <param name="pixelLimit">Most pixels it may have.</param>
    /// <exception cref="InvalidDataException">It is damaged, or over the limit.</exception>
    public static TiffImage Open(ReadOnlyMemory<byte> bytes, string name, int page, long pixelLimit) => Guarded(name, () =>
    {
        var stream = MemoryMarshal.TryGetArray(bytes, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);
        var found = TiffDirectory.All(stream).Where(d => d.IsImage).ElementAtOrDefault(page)
            ?? throw new InvalidDataException($"{name} has no page {page + 1}.");
        RequirePlausible(found, bytes.Length, name, pixelLimit);
        stream.Position = 0;
        var tiff = Tiff.ClientOpen(name, "r", stream, new TiffStream()) ?? throw Undecodable(name, "its header is damaged");
        var image = new TiffImage(tiff, found, name);
        if (tiff.SetDirectory((short)found.Index) && image.IsWhole(bytes.Length)) return image;
        image.Dispose();
        throw Undecodable(name, "its page is damaged");
    });

    public int Width => (int)_page.Width;

    public int Height => (int)_page.Height;

    /// <summary>Which corner the first pixel is, as in EXIF.</summary>
    public SKEncodedOrigin Origin =>
        Field(TiffTag.ORIENTATION, 1) is >= 1 and <= 8 and var origin ? (SKEncodedOrigin)origin : SKEncodedOrigin.TopLeft;

    /// <summary>Whether its colors have 16 bits.</summary>
    public bool IsDeep => _page.Bits == ImageOptions.FullDepth;

    /// <summary>Decodes it.</summary>
    /// <param name="rgba">Width × height × 4 bytes to fill, in the file's order; alpha counts for nothing afterwards.</param>
    /// <param name="options">What lies behind transparent pixels, and how 16 bits become 8.</param>
    /// <exception cref="InvalidDataException">It cannot be decoded.</exception>
    public void Read(Memory<byte> rgba, ImageOptions options) => Guarded(_name, () =>
    {
        if (HasPlainSamples) ReadSamples(rgba, options.Depth);
        else ReadAny(rgba.Span);
        var alpha = TransparencyKind;
        if (alpha == Transparency.Unassociated && HasPlainSamples) RgbaPixels.Flatten(rgba.Span, options.BackgroundColor);
        else if (alpha != Transparency.None) RgbaPixels.AddBackground(rgba.Span, options.BackgroundColor);
        return true;
    });

    /// <summary>The largest color value of an image of 16 bits.</summary>
    public int LargestValue() => Guarded(_name, () =>
    {
        var (largest, samples) = (0, new TiffSamples(_tiff, _page));
        samples.ForEach((first, _, _, numbers) =>
        {
            var values = MemoryMarshal.Cast<byte, ushort>(numbers);
            for (var i = 0; i < values.Length; i++)
            {
                if (first + i % samples.Together < Colors) largest = Math.Max(largest, values[i]);
            }
        });
        return largest;
    });

    public void Dispose() => _tiff.Dispose();

    // Where a strip or tile lies beyond the end, some of the library's decoders would make up what is missing.
    private bool IsWhole(long length)
    {
        var (at, counts) = _tiff.IsTiled()
            ? (TiffTag.TILEOFFSETS, TiffTag.TILEBYTECOUNTS)
            : (TiffTag.STRIPOFFSETS, TiffTag.STRIPBYTECOUNTS);
        var (starts, lengths) = (Longs(at), Longs(counts));
        return starts.Length == lengths.Length && starts.Length > 0
            && starts.Zip(lengths).All(s => s is { First: >= 0, Second: >= 0 } && s.First <= length && s.Second <= length - s.First);

        long[] Longs(TiffTag tag) =>
            _tiff.GetField(tag) is [{ Value: Array values }, ..] ? [.. values.Cast<object>().Select(v => Convert.ToInt64(v, null))] : [];
    }

    // Gray, RGB or CMYK of 8 or 16 bits; the library makes RGB of palettes, YCbCr and the rest.
    private bool HasPlainSamples => _page.Bits is 8 or 16 && (Photometric)Field(TiffTag.PHOTOMETRIC, 0)
        is Photometric.MINISBLACK or Photometric.MINISWHITE or Photometric.RGB or Photometric.SEPARATED
        && Field(TiffTag.SAMPLEFORMAT, 1) == (int)SampleFormat.UINT && _page.Samples >= Colors;

    private int Colors => (Photometric)Field(TiffTag.PHOTOMETRIC, 0) switch
    {
        Photometric.RGB => 3,
        Photometric.SEPARATED => 4,
        _ => 1,
    };

    private Transparency TransparencyKind
    {
        get
        {
            if (_tiff.GetField(TiffTag.EXTRASAMPLES) is not [var count, var kinds, ..] || count.ToInt() < 1 || Colors == 4)
                return Transparency.None;
            return kinds.ToShortArray() switch
            {
                [1, ..] => Transparency.Associated,
                [2, ..] => Transparency.Unassociated,
                _ => Transparency.None,
            };
        }
    }

    private void ReadSamples(Memory<byte> rgba, int depth)
    {
        var (samples, isInverted) = (new TiffSamples(_tiff, _page), (Photometric)Field(TiffTag.PHOTOMETRIC, 0) == Photometric.MINISWHITE);
        var (colors, hasAlpha, isDeep, width) = (Colors, TransparencyKind != Transparency.None, IsDeep, Width);
        rgba.Span.Fill(255);
        samples.ForEach((first, x, y, numbers) =>
        {
            var row = rgba.Span[((y * width + x) * 4)..];
            var deep = MemoryMarshal.Cast<byte, ushort>(numbers);
            var count = isDeep ? deep.Length : numbers.Length;
            for (var i = 0; i < count; i++)
            {
                var pixel = row.Slice(i / samples.Together * 4, 4);
                var sample = first + i % samples.Together;
                if (sample == colors && hasAlpha) pixel[3] = isDeep ? DeepPixels.Eight(deep[i], ImageOptions.FullDepth) : numbers[i];
                if (sample >= colors) continue;
                var value = isDeep ? DeepPixels.Eight(deep[i], depth) : numbers[i];
                if (isInverted) value = (byte)(255 - value);
                if (colors == 1) pixel[..3].Fill(value);
                else pixel[sample] = value;
            }
        });
        if (colors == 4) RgbaPixels.FromCmyk(rgba.Span);
    }

    private void ReadAny(Span<byte> rgba)
    {
        if (!_tiff.RGBAImageOK(out var reason)) throw Undecodable(_name, reason.TrimEnd('.'));
        var raster = new int[Width * Height];
        // As it lies in the file: asked for its own orientation the library turns nothing.
        if (!_tiff.ReadRGBAImageOriented(Width, Height, raster, (Orientation)(int)Origin, stopOnError: true))
            throw Undecodable(_name, "its pixels are damaged");
        MemoryMarshal.AsBytes(raster.AsSpan()).CopyTo(rgba);
    }

    private int Field(TiffTag tag, int otherwise) => _tiff.GetField(tag) is [var value, ..] ? value.ToInt() : otherwise;

    // A header of some bytes may claim lengths for which the library would make room.
    private static void RequirePlausible(TiffDirectory page, long length, string name, long pixelLimit)
    {
        if (page.Width is < 1 or > int.MaxValue || page.Height is < 1 or > int.MaxValue) throw Undecodable(name, "it has no size");
        ImageDecoder.RequireWithin(pixelLimit, (int)page.Width, (int)page.Height, name);
        if (page.Samples is < 1 or > MostSamples) throw Undecodable(name, $"it has {page.Samples} values a pixel");
        if (page.BlockWidth < 1 || page.BlockHeight < 1) throw Undecodable(name, "its strips have no size");
        var blocks = (Int128)((page.Width - 1) / page.BlockWidth + 1) * ((page.Height - 1) / page.BlockHeight + 1);
        if (blocks > 1 && blocks * 2 > length) throw Undecodable(name, $"it claims {blocks} strips");
        var pixel = (Int128)page.Samples * page.Bits;
        if (page.BlockWidth * pixel * page.BlockHeight / 8 > Int128.Max(LargeBlock, page.Width * pixel * page.Height / 2))
            throw Undecodable(name, $"its tiles are {page.BlockWidth} x {page.BlockHeight} pixels");
    }

    private static InvalidDataException Undecodable(string name, string how) =>
        new($"{name} cannot be decoded ({how}); it may be cut short.");

    // Any exception of a managed library for a damaged file.
    private static T Guarded<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not (InvalidDataException or OutOfMemoryException))
        {
            throw Undecodable(name, e is FormatException ? e.Message : "it is damaged");
        }
    }

    private sealed class Silent : TiffErrorHandler
    {
        public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
        {
        }

        public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }

        public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
        {
        }

        public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }
    }
}
