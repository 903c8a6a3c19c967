using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SkiaSharp;

namespace Byol.Data.Images;

/// <summary>From the codec's RGBA, as it lies in the file, to upright RGB.</summary>
internal static class RgbaPixels
{
    private const int Tile = 64;   // pixels; a turned image is read down its columns: a tile's lines of memory stay in the cache

    /// <summary>Whether an orientation exchanges width and height.</summary>
    public static bool IsTurned(SKEncodedOrigin origin) => origin >= SKEncodedOrigin.LeftTop;

    /// <summary>Lays an image over a color, as Pillow pastes one through its own alpha.</summary>
    /// <param name="rgba">N × 4 bytes, not premultiplied; opaque afterwards, but for alpha itself, which is left.</param>
    /// <param name="background">What lies behind.</param>
    public static void Flatten(Span<byte> rgba, (byte Red, byte Green, byte Blue) background)
    {
        for (var i = 0; i + 4 <= rgba.Length; i += 4)
        {
            var pixel = rgba.Slice(i, 4);
            if (pixel[3] == 255) continue;
            pixel[0] = Blend(pixel[0], background.Red, pixel[3]);
            pixel[1] = Blend(pixel[1], background.Green, pixel[3]);
            pixel[2] = Blend(pixel[2], background.Blue, pixel[3]);
        }
    }

    /// <summary>Lays an image whose colors are multiplied by alpha over a color.</summary>
    /// <param name="rgba">N × 4 bytes; opaque afterwards, but for alpha itself, which is left.</param>
    /// <param name="background">What lies behind.</param>
    public static void AddBackground(Span<byte> rgba, (byte Red, byte Green, byte Blue) background)
    {
        for (var i = 0; i + 4 <= rgba.Length; i += 4)
        {
            var pixel = rgba.Slice(i, 4);
            if (pixel[3] == 255) continue;
            pixel[0] = (byte)Math.Min(255, pixel[0] + Blend(0, background.Red, pixel[3]));
            pixel[1] = (byte)Math.Min(255, pixel[1] + Blend(0, background.Green, pixel[3]));
            pixel[2] = (byte)Math.Min(255, pixel[2] + Blend(0, background.Blue, pixel[3]));
        }
    }

    /// <summary>Multiplies inks out, as Pillow does.</summary>
    /// <param name="cmyk">N × 4 bytes of cyan, magenta, yellow and black; opaque RGBA afterwards.</param>
    public static void FromCmyk(Span<byte> cmyk)
    {
        for (var i = 0; i + 4 <= cmyk.Length; i += 4)
        {
            var light = 255 - cmyk[i + 3];
            for (var c = 0; c < 3; c++) cmyk[i + c] = (byte)(light - Blend(cmyk[i + c], 0, light));
            cmyk[i + 3] = 255;
        }
    }

    /// <summary>Whether every pixel is wholly transparent.</summary>
    /// <param name="rgba">N × 4 bytes.</param>
    public static bool IsBlank(ReadOnlySpan<byte> rgba)
    {
        for (var i = 3; i < rgba.Length; i += 4)
        {
            if (rgba[i] != 0) return false;
        }
        return true;
    }

    private static byte Blend(int front, int back, int alpha)
    {
        var sum = front * alpha + back * (255 - alpha) + 128;
        return (byte)(((sum >> 8) + sum) >> 8);
    }

    /// <summary>Drops alpha: the fast path of upright images.</summary>
    /// <param name="rgba">N × 4 bytes.</param>
    /// <param name="rgb">N × 3 bytes to fill.</param>
    public static void DropAlpha(ReadOnlySpan<byte> rgba, Span<byte> rgb)
    {
        var (pixel, pixels) = (0, rgba.Length / 4);
        if (Vector128.IsHardwareAccelerated)
        {
            var threeOfFour = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
            ref var source = ref MemoryMarshal.GetReference(rgba);
            ref var target = ref MemoryMarshal.GetReference(rgb);
            // Four pixels a turn. Each stores 16 bytes, of which the next overwrites four: so the last two pixels are never among them.
            for (; pixel + 6 <= pixels; pixel += 4)
            {
                Vector128.Shuffle(Vector128.LoadUnsafe(ref source, (nuint)pixel * 4), threeOfFour)
                    .StoreUnsafe(ref target, (nuint)pixel * 3);
            }
        }
        for (; pixel < pixels; pixel++) rgba.Slice(pixel * 4, 3).CopyTo(rgb[(pixel * 3)..]);
    }

    /// <summary>Turns and mirrors as the EXIF orientation says, 1 to 8:
    /// where the file's first row and column stand in the picture.</summary>
    /// <param name="rgba">The file's pixels, height × width × 4.</param>
    /// <param name="width">The file's width.</param>
    /// <param name="height">The file's height.</param>
    /// <param name="origin">The orientation.</param>
    /// <param name="rgb">The picture to fill; its width and height are exchanged where it <see cref="IsTurned"/>.</param>
    public static void Turn(ReadOnlySpan<byte> rgba, int width, int height, SKEncodedOrigin origin, Span<byte> rgb)
    {
        // In the file: the picture's first pixel, and the steps to the picture's right and down.
        var (first, right, down) = origin switch
        {
            SKEncodedOrigin.TopRight => (width - 1, -1, width),
            SKEncodedOrigin.BottomRight => (width * height - 1, -1, -width),
            SKEncodedOrigin.BottomLeft => (width * (height - 1), 1, -width),
            SKEncodedOrigin.LeftTop => (0, width, 1),
            SKEncodedOrigin.RightTop => (width * (height - 1), -width, 1),
            SKEncodedOrigin.RightBottom => (width * height - 1, -width, -1),
            SKEncodedOrigin.LeftBottom => (width - 1, width, -1),
            _ => (0, 1, width),
        };
        var (columns, rows) = IsTurned(origin) ? (height, width) : (width, height);
        var pixels = MemoryMarshal.Cast<byte, uint>(rgba);
        Span<uint> run = stackalloc uint[Tile];
        for (var top = 0; top < rows; top += Tile)
        {
            for (var left = 0; left < columns; left += Tile)
            {
                var count = Math.Min(Tile, columns - left);
                for (var y = top; y < Math.Min(top + Tile, rows); y++)
                {
                    var at = first + y * down + left * right;
                    for (var i = 0; i < count; i++, at += right) run[i] = pixels[at];
                    DropAlpha(MemoryMarshal.AsBytes(run[..count]), rgb.Slice((y * columns + left) * 3, count * 3));
                }
            }
        }
    }
}
