using System.Diagnostics;
using static TorchSharp.torch;

namespace Byol.Interop;

/// <summary>What the device can do at best: large square matrix products.</summary>
public static class MatrixPeak
{
    private const int Side = 2048;

    /// <summary>Floating-point operations a second of the fastest of several products.</summary>
    /// <param name="type">What is multiplied.</param>
    /// <param name="device">Where.</param>
    /// <param name="repeats">Products that are timed, after one to warm up.</param>
    public static double Measure(ScalarType type, Device device, int repeats = 5)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (a, b) = (randn(Side, Side, device: device).to(type), randn(Side, Side, device: device).to(type));
        Multiply();
        return 2.0 * Side * Side * Side / Enumerable.Range(0, repeats).Min(_ => Multiply());

        double Multiply()
        {
            var start = Stopwatch.GetTimestamp();
            using var product = a.mm(b);
            using var corner = product[0, 0].to(ScalarType.Float32).cpu();     // a GPU's answer is waited for
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }
}
