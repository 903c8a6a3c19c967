namespace Byol.Data.Kernels;

/// <summary>Gaussian blur of a square view: separable, edges reflected, as torchvision's.</summary>
/// <remarks>Holds scratch memory and is for one thread.</remarks>
/// <param name="size">Side of the view in pixels.</param>
/// <param name="kernel">Side of the kernel in pixels, odd; half of it less than the view's side.</param>
internal sealed class GaussianBlur(int size, int kernel)
{
    private readonly float[] _weights = new float[kernel];
    private readonly float[] _rows = new float[size * size * 3];
    private readonly float[] _padded = new float[(size + kernel - 1) * 3];

    /// <summary>Blurs a view in place.</summary>
    /// <param name="view">S × S × 3, HWC.</param>
    /// <param name="sigma">σ in pixels, above 0.</param>
    public void Apply(Span<float> view, float sigma)
    {
        Weigh(sigma);
        var radius = kernel / 2;
        var stride = size * 3;
        for (var y = 0; y < size; y++)
        {
            var source = view.Slice(y * stride, stride);
            var target = _rows.AsSpan(y * stride, stride);
            target.Clear();
            for (var k = 0; k < kernel; k++)
            {
                var (w, shift) = (_weights[k], k - radius);
                for (var x = 0; x < size; x++)
                {
                    var at = 3 * Reflect(x + shift);
                    target[3 * x] += w * source[at];
                    target[3 * x + 1] += w * source[at + 1];
                    target[3 * x + 2] += w * source[at + 2];
                }
            }
        }
        for (var y = 0; y < size; y++)
        {
            var target = view.Slice(y * stride, stride);
            target.Clear();
            for (var k = 0; k < kernel; k++)
            {
                var w = _weights[k];
                var source = _rows.AsSpan(Reflect(y + k - radius) * stride, stride);
                for (var i = 0; i < stride; i++) target[i] += w * source[i];
            }
        }
    }

    internal void Apply<T>(Span<float> view, float sigma) where T : struct, ILane<T>
    {
        Weigh(sigma);
        var (radius, stride) = (RadiusThatCounts(), size * 3);
        var weights = _weights.AsSpan(kernel / 2 - radius, 2 * radius + 1);
        Span<int> taps = stackalloc int[weights.Length];

        // Along a row: the row with its mirrored ends in front of and behind it, so that every tap is the same row further on.
        for (var k = 0; k < taps.Length; k++) taps[k] = 3 * k;
        for (var y = 0; y < size; y++)
        {
            var row = view.Slice(y * stride, stride);
            row.CopyTo(_padded.AsSpan(3 * radius));
            for (var x = 1; x <= radius; x++)
            {
                row.Slice(3 * x, 3).CopyTo(_padded.AsSpan(3 * (radius - x)));
                row.Slice(3 * (size - 1 - x), 3).CopyTo(_padded.AsSpan(3 * (radius + size - 1 + x)));
            }
            WeightedSum.Of<T>(_padded, taps, weights, _rows.AsSpan(y * stride, stride));
        }

        // Down the columns: a tap is another row.
        for (var y = 0; y < size; y++)
        {
            for (var k = 0; k < taps.Length; k++) taps[k] = Reflect(y + k - radius) * stride;
            WeightedSum.Of<T>(_rows, taps, weights, view.Slice(y * stride, stride));
        }
    }

    private void Weigh(float sigma)
    {
        var (radius, sum) = (kernel / 2, 0.0);
        for (var k = 0; k < kernel; k++) sum += Math.Exp(-0.5 * Math.Pow((k - radius) / (double)sigma, 2));
        for (var k = 0; k < kernel; k++) _weights[k] = (float)(Math.Exp(-0.5 * Math.Pow((k - radius) / (double)sigma, 2)) / sum);
    }

    // Taps of less than 1e-9 together move no value by 2⁻²⁴: with σ drawn from 0.1 to 2 ten of the paper's 23 are such in the mean.
    private int RadiusThatCounts()
    {
        var radius = kernel / 2;
        while (radius > 0 && _weights[kernel / 2 - radius] < 1e-9f) radius--;
        return radius;
    }

    // Mirrors at the edge pixel without repeating it: -1 is 1, and size is size - 2.
    private int Reflect(int i) => i < 0 ? -i : i >= size ? 2 * size - 2 - i : i;
}
