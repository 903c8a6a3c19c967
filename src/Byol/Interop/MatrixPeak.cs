using System.Diagnostics;
using static TorchSharp.torch;

namespace Byol.Interop;

/// <summary>What the device can do at best: large square matrix products.</summary>
internal static class MatrixPeak
{
    private const int SmallestSide = 128, LargestSide = 2048;
    // Seconds: bf16 without its instructions is a hundred times slower, and no larger product makes it faster
    private const double LongestProduct = 0.5;

    /// <summary>Floating-point operations a second of the fastest of several products, as large as half a second allows.</summary>
    /// <param name="type">What is multiplied.</param>
    /// <param name="device">Where.</param>
    /// <param name="repeats">Products that are timed, after one to warm up.</param>
    public static double Measure(ScalarType type, Device device, int repeats = 5)
    {
        using var _ = no_grad();
        for (var side = SmallestSide; ; side *= 2)
        {
            using var scope = NewDisposeScope();
            var (a, b) = (randn(side, side, device: device).to(type), randn(side, side, device: device).to(type));
            Multiply(a, b);
            var isLargest = side == LargestSide || 8 * Multiply(a, b) > LongestProduct;
            if (isLargest) return 2.0 * side * side * side / Enumerable.Range(0, repeats).Min(_ => Multiply(a, b));
        }
    }

    private static double Multiply(Tensor a, Tensor b)
    {
        var start = Stopwatch.GetTimestamp();
        using var product = a.mm(b);
        using var corner = product[0, 0].to(ScalarType.Float32).cpu();     // a GPU's answer is waited for
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
