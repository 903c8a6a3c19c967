namespace Byol.Data.Kernels;

/// <summary>How pixels between pixels are found.</summary>
public enum Interpolation
{
    /// <summary>Triangle filter.</summary>
    Bilinear,

    /// <summary>Keys' cubic with a = −½.</summary>
    Bicubic,
}

/// <summary>The weights of every output pixel along one axis, antialiased as Pillow does.</summary>
/// <remarks>Holds the last rectangle's weights and is for one thread.</remarks>
/// <param name="size">Output pixels.</param>
/// <param name="interpolation">The filter.</param>
internal sealed class ResampleFilter(int size, Interpolation interpolation)
{
    private const double Rounding = 1e-6;   // of a scaled rectangle's edges, which may not reach for the pixel beyond
    private readonly int[] _starts = new int[size], _counts = new int[size];
    private float[] _weights = [];
    private (double Fraction, double Length) _prepared;

    /// <summary>The first whole pixel that the rectangle touches.</summary>
    public int Origin { get; private set; }

    /// <summary>How many it touches.</summary>
    public int Length { get; private set; }

    public int MostWeights { get; private set; }

    /// <summary>The first pixel that an output sees, counted from <see cref="Origin"/>.</summary>
    public int Start(int output) => _starts[output];

    public ReadOnlySpan<float> Weights(int output) => _weights.AsSpan(output * MostWeights, _counts[output]);

    public void Prepare(double start, double length)
    {
        Origin = (int)Math.Floor(start);
        var fraction = start - Origin;
        if (_prepared == (fraction, length)) return;
        _prepared = (fraction, length);
        Length = (int)Math.Ceiling(fraction + length - Rounding);
        var scale = length / size;
        var widening = Math.Max(1, scale);
        var support = (interpolation == Interpolation.Bicubic ? 2 : 1) * widening;
        MostWeights = (int)Math.Ceiling(support) * 2 + 1;
        if (_weights.Length < MostWeights * size) _weights = new float[MostWeights * size];
        for (var output = 0; output < size; output++)
        {
            var centre = fraction + (output + 0.5) * scale;
            var first = Math.Max(0, (int)(centre - support + 0.5));
            var last = Math.Min(Length, (int)(centre + support + 0.5));
            var sum = 0.0;
            for (var i = first; i < last; i++) sum += Weight((i - centre + 0.5) / widening);
            for (var i = first; i < last; i++) _weights[output * MostWeights + i - first] = (float)(Weight((i - centre + 0.5) / widening) / sum);
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
