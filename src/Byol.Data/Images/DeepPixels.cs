using System.Buffers.Binary;

namespace Byol.Data.Images;

/// <summary>From 16 bits a color to 8: the high eight of those that are in use.</summary>
internal static class DeepPixels
{
    /// <summary>A color of 16 bits, of which so many are in use; what is larger is white.</summary>
    public static byte Eight(int value, int depth) => (byte)Math.Min(255, value >> (depth - 8));

    /// <summary>Fills RGBA from a PNG of 16 bits.</summary>
    /// <param name="png">The file's samples.</param>
    /// <param name="depth">Bits in use; alpha always has 16.</param>
    /// <param name="rgba">Width × height × 4 bytes.</param>
    /// <exception cref="InvalidDataException">The pixels are damaged or cut short.</exception>
    public static void Fill(PngSamples png, int depth, Memory<byte> rgba)
    {
        var hasAlpha = png.Channels is 2 or 4;
        png.ForEach((at, samples) =>
        {
            var pixel = rgba.Span.Slice(at * 4, 4);
            for (var c = 0; c < 3; c++)
                pixel[c] = Eight(BinaryPrimitives.ReadUInt16BigEndian(samples[(png.Channels < 3 ? 0 : 2 * c)..]), depth);
            pixel[3] = hasAlpha ? samples[^2] : (byte)255;
        });
    }

    /// <summary>The largest color of a PNG of 16 bits.</summary>
    /// <param name="png">The file's samples.</param>
    /// <exception cref="InvalidDataException">The pixels are damaged or cut short.</exception>
    public static int Largest(PngSamples png)
    {
        var (largest, colors) = (0, png.Channels < 3 ? 1 : 3);
        png.ForEach((_, samples) =>
        {
            for (var c = 0; c < colors; c++) largest = Math.Max(largest, BinaryPrimitives.ReadUInt16BigEndian(samples[(2 * c)..]));
        });
        return largest;
    }

    /// <summary>The bits that values up to a largest one need, at least 8.</summary>
    public static int Bits(int largest)
    {
        var bits = 8;
        while (largest >= 1 << bits) bits++;
        return bits;
    }
}
