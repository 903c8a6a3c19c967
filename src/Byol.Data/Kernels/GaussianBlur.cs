namespace Byol.Data.Kernels;

/// <summary>Gaussian blur of a square view: separable, edges reflected, as torchvision's.</summary>
/// <remarks>Holds scratch memory and is for one thread.</remarks>
/// <param name="size">Side of the view in pixels.</param>
/// <param name="kernel">Side of the kernel in pixels, odd; half of it less than the view's side.</param>
public sealed class GaussianBlur(int size, int kernel)
{
    private readonly float[] _weights = new float[kernel];
    private readonly float[] _rows = new float[size * size * 3];

    /// <summary>Blurs a view in place.</summary>
    /// <param name="view">S × S × 3, HWC.</param>
    /// <param name="sigma">σ in pixels, above 0.</param>
    public void Apply(Span<float> view, float sigma)
    {
        var radius = kernel / 2;
        var sum = 0.0;
        for (var k = 0; k < kernel; k++) sum += Math.Exp(-0.5 * Math.Pow((k - radius) / (double)sigma, 2));
        for (var k = 0; k < kernel; k++) _weights[k] = (float)(Math.Exp(-0.5 * Math.Pow((k - radius) / (double)sigma, 2)) / sum);

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

    // Mirrors at the edge pixel without repeating it: -1 is 1, and size is size - 2.
    private int Reflect(int i) => i < 0 ? -i : i >= size ? 2 * size - 2 - i : i;
}
