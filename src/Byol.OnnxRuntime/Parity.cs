using System.Globalization;

namespace Byol.OnnxRuntime;

/// <summary>Largest difference of two implementations, relative to the largest value of each embedding.</summary>
public sealed class Parity
{
    internal Parity(double random, double real, int images, string data) =>
        (Random, Real, Images, Data) = (random, real, images, data);

    /// <summary>On images of noise.</summary>
    public double Random { get; }

    /// <summary>On images of a dataset.</summary>
    public double Real { get; }

    /// <summary>Of each kind.</summary>
    public int Images { get; }

    /// <summary>The dataset.</summary>
    public string Data { get; }

    /// <summary>The larger of the two.</summary>
    public double Largest => Math.Max(Random, Real);

    /// <summary>What was compared and how it came out, in a line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"ONNX Runtime against libtorch fp32: largest relative difference {Random:0.0e+0} on {Images} images of noise, "
        + $"{Real:0.0e+0} on {Images} of {Data}");
}
