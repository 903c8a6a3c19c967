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

    /// <summary>The largest difference between the right sums and the sums of what was found.</summary>
    /// <param name="right">The sums in fp64.</param>
    /// <param name="found">What was found, before it is summed; fp64.</param>
    /// <param name="signs">The sign of each channel, of a shape that broadcasts.</param>
    /// <param name="dimension">The dimension that is summed over.</param>
    /// <returns>Relative to the usual size of such a sum; infinity if something is not finite.</returns>
    public static double Difference(Tensor right, Tensor found, Tensor signs, long dimension)
    {
        using var scope = NewDisposeScope();
        // Of numbers that are not 0: a tap that meets padding only has no gradient.
        var squares = Numbers(found.mul(found).sum()).Single() / Numbers(found.sign().abs().sum()).Single();
        var usual = Math.Sqrt(squares * found.shape[dimension]);
        return Relative(Largest(right, found.mul(signs).sum(dimension, keepdim: true)), usual);
    }

    /// <summary>The largest difference between numbers, relative to the usual size of what is right.</summary>
    /// <param name="right">fp64.</param>
    /// <param name="found">fp64, of the same shape.</param>
    public static double Difference(Tensor right, Tensor found)
    {
        using var scope = NewDisposeScope();
        return Relative(Largest(right, found), Math.Sqrt(Numbers(right).Average(r => r * r)));
    }

    private static double Relative(double largest, double usual) =>
        largest == 0 ? 0 : double.IsFinite(largest) ? largest / usual : double.PositiveInfinity;

    private static double Largest(Tensor right, Tensor found)
    {
        var differences = Numbers(right).Zip(Numbers(found), (a, b) => Math.Abs(a - b)).ToList();
        return differences.All(double.IsFinite) ? differences.Max() : double.PositiveInfinity;
    }

    private static double[] Numbers(Tensor values) => values.detach().contiguous().data<double>().ToArray();

    public void Dispose() => _random.Dispose();
}
