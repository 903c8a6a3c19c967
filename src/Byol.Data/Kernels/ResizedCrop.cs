namespace Byol.Data.Kernels;

/// <summary>How pixels between pixels are found.</summary>
public enum Interpolation
{
    /// <summary>Triangle filter.</summary>
    Bilinear,

    /// <summary>Keys' cubic with a = −½.</summary>
    Bicubic,
}

/// <summary>Cuts a rectangle out of an image and brings it to a square, antialiased as Pillow does: where the rectangle shrinks, the filter
/// widens with it; weights are normalised within the rectangle.</summary>
/// <remarks>Separable: rows first. Holds scratch memory and is for one thread.</remarks>
/// <param name="size">S, the side of the square in pixels.</param>
/// <param name="interpolation">The filter.</param>
public sealed class ResizedCrop(int size, Interpolation interpolation)
{
    private float[] _rows = [];
    private readonly Filter _horizontal = new(size, interpolation), _vertical = new(size, interpolation);

    /// <summary>Resizes one rectangle.</summary>
    /// <param name="pixels">The whole image, u8 HWC.</param>
    /// <param name="imageWidth">Its width in pixels.</param>
    /// <param name="x">Left of the rectangle.</param>
    /// <param name="y">Top of the rectangle.</param>
    /// <param name="width">Width of the rectangle, within the image.</param>
    /// <param name="height">Height of the rectangle, within the image.</param>
    /// <param name="square">S × S × 3 floats to fill, HWC, in [0,1].</param>
    public void Apply(ReadOnlySpan<byte> pixels, int imageWidth, int x, int y, int width, int height, Span<float> square)
    {
        _horizontal.Prepare(width);
        _vertical.Prepare(height);
        var stride = size * 3;
        if (_rows.Length < height * stride) _rows = new float[height * stride];

        for (var row = 0; row < height; row++)
        {
            var source = pixels.Slice(((y + row) * imageWidth + x) * 3, width * 3);
            var target = _rows.AsSpan(row * stride, stride);
            for (var column = 0; column < size; column++)
            {
                var weights = _horizontal.Weights(column);
                var (red, green, blue) = (0f, 0f, 0f);
                var at = source[(_horizontal.Start(column) * 3)..];
                for (var k = 0; k < weights.Length; k++)
                {
                    var w = weights[k];
                    red += w * at[3 * k];
                    green += w * at[3 * k + 1];
                    blue += w * at[3 * k + 2];
                }
                (target[3 * column], target[3 * column + 1], target[3 * column + 2]) = (red, green, blue);
            }
        }

        for (var row = 0; row < size; row++)
        {
            var start = _vertical.Start(row);
            var weights = _vertical.Weights(row);
            var target = square.Slice(row * stride, stride);
            target.Clear();
            for (var k = 0; k < weights.Length; k++)
            {
                var w = weights[k] / 255f;
                var source = _rows.AsSpan((start + k) * stride, stride);
                for (var i = 0; i < target.Length; i++) target[i] += w * source[i];
            }
            for (var i = 0; i < target.Length; i++) target[i] = Math.Clamp(target[i], 0f, 1f);   // cubics overshoot
        }
    }

    /// <summary>The weights of every output pixel along one axis.</summary>
    private sealed class Filter(int size, Interpolation interpolation)
    {
        private readonly int[] _starts = new int[size], _counts = new int[size];
        private float[] _weights = [];
        private int _length, _stride;

        public int Start(int output) => _starts[output];

        public ReadOnlySpan<float> Weights(int output) => _weights.AsSpan(output * _stride, _counts[output]);

        public void Prepare(int length)
        {
            if (length == _length) return;
            _length = length;
            var scale = (double)length / size;
            var widening = Math.Max(1, scale);
            var support = (interpolation == Interpolation.Bicubic ? 2 : 1) * widening;
            _stride = (int)Math.Ceiling(support) * 2 + 1;
            if (_weights.Length < _stride * size) _weights = new float[_stride * size];
            for (var output = 0; output < size; output++)
            {
                var centre = (output + 0.5) * scale;
                var first = Math.Max(0, (int)(centre - support + 0.5));
                var last = Math.Min(length, (int)(centre + support + 0.5));
                var sum = 0.0;
                for (var i = first; i < last; i++) sum += Weight((i - centre + 0.5) / widening);
                for (var i = first; i < last; i++) _weights[output * _stride + i - first] = (float)(Weight((i - centre + 0.5) / widening) / sum);
                (_starts[output], _counts[output]) = (first, last - first);
            }
        }

        private double Weight(double x)
        {
            x = Math.Abs(x);
            if (interpolation == Interpolation.Bilinear) return Math.Max(0, 1 - x);
            const double A = -0.5;
            return x < 1 ? ((A + 2) * x - (A + 3)) * x * x + 1
                : x < 2 ? (((x - 5) * x + 8) * x - 4) * A
                : 0;
        }
    }
}
