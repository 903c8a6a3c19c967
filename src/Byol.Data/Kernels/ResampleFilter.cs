namespace Byol.Data.Kernels;

/// <summary>The interpolation between pixels.</summary>
public enum Interpolation
{
    /// <summary>Triangle filter.</summary>
    Bilinear,

    /// <summary>Keys' cubic with a = −½.</summary>
    Bicubic,
}

/// <summary>The weights of every output pixel along one axis, antialiased as Pillow does.</summary>
/// <remarks>Holds the last rectangle's weights and is for one thread.</remarks>
/// <param name="size">Output pixels at most.</param>
/// <param name="interpolation">The filter.</param>
internal sealed class ResampleFilter(int size, Interpolation interpolation)
{
    private const double Rounding = 1e-6;   // of a scaled rectangle's edges, which may not reach for the pixel beyond
    private readonly int[] _starts = new int[size];
    private float[] _weights = [];
    private (double Fraction, double Length, int Outputs) _prepared;

    /// <summary>The first whole pixel that the rectangle touches.</summary>
    public int Origin { get; private set; }

    /// <summary>How many it touches.</summary>
    public int Length { get; private set; }

    /// <summary>Weights of every output; some at the ends are 0, so that all have as many,
    /// and the processor foresees where a sum ends.</summary>
    public int Count { get; private set; }

    /// <summary>The first pixel that an output sees, counted from <see cref="Origin"/>.</summary>
    public int Start(int output) => _starts[output];

    public ReadOnlySpan<float> Weights(int output) => _weights.AsSpan(output * Count, Count);

    /// <summary>Weighs the pixels of a line.</summary>
    /// <param name="start">Where it begins, in pixels.</param>
    /// <param name="length">How long it is.</param>
    /// <param name="outputs">How many pixels are made of it, 1 to size.</param>
    public void Prepare(double start, double length, int outputs)
    {
        Origin = (int)Math.Floor(start);
        var fraction = start - Origin;
        if (_prepared == (fraction, length, outputs)) return;
        _prepared = (fraction, length, outputs);
        Length = (int)Math.Ceiling(fraction + length - Rounding);
        var scale = length / outputs;
        var widening = Math.Max(1, scale);
        var support = (interpolation == Interpolation.Bicubic ? 2 : 1) * widening;

        Count = 0;
        for (var output = 0; output < outputs; output++)
        {
            var (first, last) = Seen(output);
            Count = Math.Max(Count, last - first);
        }
        if (_weights.Length < Count * outputs) _weights = new float[Count * outputs];
        for (var output = 0; output < outputs; output++)
        {
            var (first, last) = Seen(output);
            _starts[output] = Math.Min(first, Length - Count);
            var weights = _weights.AsSpan(output * Count, Count);
            weights.Clear();
            var sum = 0.0;
            for (var i = first; i < last; i++) sum += Weight((i - Center(output) + 0.5) / widening);
            for (var i = first; i < last; i++) weights[i - _starts[output]] = (float)(Weight((i - Center(output) + 0.5) / widening) / sum);
        }

        double Center(int output) => fraction + (output + 0.5) * scale;

        (int First, int Last) Seen(int output) =>
            (Math.Max(0, (int)(Center(output) - support + 0.5)), Math.Min(Length, (int)(Center(output) + support + 0.5)));
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
