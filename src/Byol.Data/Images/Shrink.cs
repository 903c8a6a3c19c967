using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Byol.Data.Images;

/// <summary>Makes images smaller: bit for bit what Pillow's <c>Image.resize(size, BICUBIC)</c> makes, antialiased (the filter widens with
/// the scale) in fixed point, columns first, each pass rounded to bytes.</summary>
internal static class Shrink
{
    private const int Fraction = 22;   // bits; leaves 8 for the pixel, one for the sign and one for what cubics overshoot

    /// <summary>Resizes to a length of the short side; the long side follows as in torchvision's <c>Resize</c>, rounded down.</summary>
    /// <param name="image">Any image; where it came reduced, the aspect is that of its source.</param>
    /// <param name="shortSide">Pixels of the short side, at least 1.</param>
    /// <returns>The image itself if its short side is at most that.</returns>
    public static Image8 ToShortSide(Image8 image, int shortSide)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shortSide, 1);
        var (width, height) = (image.SourceWidth, image.SourceHeight);
        if (Math.Min(image.Width, image.Height) <= shortSide) return image;
        return width <= height
            ? Resize(image, shortSide, (int)((long)shortSide * height / width))
            : Resize(image, (int)((long)shortSide * width / height), shortSide);
    }

    /// <summary>Resizes an image to any size.</summary>
    /// <param name="image">Any image.</param>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Pixels, at least 1.</param>
    public static Image8 Resize(Image8 image, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var pixels = image.Pixels;
        if (width != image.Width) pixels = Columns(pixels.Span, image.Width, image.Height, width);
        if (height != image.Height) pixels = Rows(pixels.Span, image.Height, width * Image8.Channels, height);
        return new Image8(pixels, width, height);
    }

    private static byte[] Columns(ReadOnlySpan<byte> pixels, int width, int height, int target)
    {
        var filter = new Filter(width, target);
        var result = new byte[height * target * Image8.Channels];
        for (var y = 0; y < height; y++)
        {
            var source = pixels.Slice(y * width * Image8.Channels, width * Image8.Channels);
            var row = result.AsSpan(y * target * Image8.Channels, target * Image8.Channels);
            for (var x = 0; x < target; x++)
            {
                var weights = filter.Weights(x);
                var at = source.Slice(filter.Start(x) * Image8.Channels, weights.Length * Image8.Channels);
                var sum = Vector128.Create(Filter.Half);
                for (var k = 0; k < weights.Length - 1; k++)
                    sum += FourBytes(at[(3 * k)..]) * weights[k];   // the fourth is the next pixel's red, and is dropped
                for (var c = 0; c < Image8.Channels; c++)
                    row[3 * x + c] = ToByte(sum[c] + at[at.Length - Image8.Channels + c] * weights[^1]);
            }
        }
        return result;
    }

    private static byte[] Rows(ReadOnlySpan<byte> pixels, int height, int stride, int target)
    {
        var filter = new Filter(height, target);
        var result = new byte[target * stride];
        var sums = new int[stride];
        for (var y = 0; y < target; y++)
        {
            Array.Fill(sums, Filter.Half);
            var weights = filter.Weights(y);
            for (var k = 0; k < weights.Length; k++)
            {
                var w = weights[k];
                var source = pixels.Slice((filter.Start(y) + k) * stride, stride);
                for (var i = 0; i < sums.Length; i++) sums[i] += w * source[i];
            }
            var row = result.AsSpan(y * stride, stride);
            for (var i = 0; i < row.Length; i++) row[i] = ToByte(sums[i]);
        }
        return result;
    }

    private static Vector128<int> FourBytes(ReadOnlySpan<byte> bytes) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(BinaryPrimitives.ReadUInt32LittleEndian(bytes)).AsByte()))
            .AsInt32();

    private static byte ToByte(int sum) => (byte)Math.Clamp(sum >> Fraction, 0, 255);

    /// <summary>The weights of every output pixel along one axis, in units of 2⁻²².</summary>
    private sealed class Filter
    {
        public const int Half = 1 << (Fraction - 1);
        private readonly int[] _starts, _counts, _weights;
        private readonly int _stride;

        public Filter(int length, int target)
        {
            var scale = (double)length / target;
            var widening = Math.Max(1, scale);
            var support = 2 * widening;
            _stride = (int)Math.Ceiling(support) * 2 + 1;
            (_starts, _counts, _weights) = (new int[target], new int[target], new int[target * _stride]);
            var exact = new double[_stride];
            for (var output = 0; output < target; output++)
            {
                var center = (output + 0.5) * scale;
                var first = Math.Max(0, (int)(center - support + 0.5));
                var count = Math.Min(length, (int)(center + support + 0.5)) - first;
                for (var i = 0; i < count; i++) exact[i] = Bicubic((i + first - center + 0.5) * (1 / widening));
                var sum = 0.0;
                for (var i = 0; i < count; i++) sum += exact[i];
                for (var i = 0; i < count; i++)
                    _weights[output * _stride + i] = (int)Math.Round(exact[i] / sum * (1 << Fraction), MidpointRounding.AwayFromZero);
                (_starts[output], _counts[output]) = (first, count);
            }
        }

        public int Start(int output) => _starts[output];

        public ReadOnlySpan<int> Weights(int output) => _weights.AsSpan(output * _stride, _counts[output]);

        // Keys 1981 with a = −½.
        private static double Bicubic(double x)
        {
            const double A = -0.5;
            x = Math.Abs(x);
            return x < 1 ? ((A + 2) * x - (A + 3)) * x * x + 1
                : x < 2 ? (((x - 5) * x + 8) * x - 4) * A
                : 0;
        }
    }
}
