using System.Globalization;

namespace Byol.OnnxRuntime;

/// <summary>Largest difference of two implementations, relative to the largest value of each embedding.</summary>
/// <param name="Random">On images of noise.</param>
/// <param name="Real">On images of a dataset.</param>
/// <param name="Images">Of each kind.</param>
/// <param name="Data">The dataset.</param>
public sealed record Parity(double Random, double Real, int Images, string Data)
{
    /// <summary>The larger of the two.</summary>
    public double Largest => Math.Max(Random, Real);

    /// <summary>What was compared and how it came out, in a line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"ONNX Runtime against libtorch fp32: largest relative difference {Random:0.0e+0} on {Images} images of noise, "
        + $"{Real:0.0e+0} on {Images} of {Data}");
}
