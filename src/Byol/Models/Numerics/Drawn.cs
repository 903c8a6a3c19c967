using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Models.Numerics;

/// <summary>Numbers for a check, and the comparison at its end.</summary>
/// <remarks>Sums over channels are compared instead of each channel: with random signs an error in any of them shows, and the right sums
/// cost one channel in fp64 instead of all (R. Freivalds, Probabilistic machines can use less running time, IFIP 1977).</remarks>
internal sealed class Drawn : IDisposable
{
    private readonly Generator _random = new(20200613);

    /// <summary>Normal numbers.</summary>
    /// <param name="deviation">Their standard deviation.</param>
    /// <param name="shape">Of the tensor.</param>
    public Tensor Normal(double deviation, params long[] shape)
    {
        using Scalar factor = deviation;
        return randn(shape, ScalarType.Float32, generator: _random).mul_(factor);
    }

    /// <summary>-1 or 1 for each channel, fp64.</summary>
    public Tensor Signs(params long[] shape) => randn(shape, ScalarType.Float64, generator: _random).sign_();

    /// <summary>The largest difference relative to the root mean square of what is right.</summary>
    /// <param name="right">fp64.</param>
    /// <param name="found">fp64, of as many numbers.</param>
    public static double Difference(Tensor right, Tensor found)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (right.detach().contiguous().data<double>(), found.detach().contiguous().data<double>());
        double squares = 0, largest = 0;
        for (long i = 0; i < a.Count; i++)
        {
            var difference = Math.Abs(a[i] - b[i]);
            if (!double.IsFinite(difference)) return double.PositiveInfinity;
            squares += a[i] * a[i];
            largest = Math.Max(largest, difference);
        }
        return largest / Math.Sqrt(squares / a.Count);
    }

    public void Dispose() => _random.Dispose();
}
