using System.Globalization;

namespace Byol.OnnxRuntime;

/// <summary>The difference between a file in ONNX Runtime and the network that it was written from.</summary>
public abstract class Parity
{
    private protected Parity(int images) => Images = images;

    /// <summary>Images that were compared; for an encoder, of each kind.</summary>
    public int Images { get; }

    /// <summary>The largest difference.</summary>
    public abstract double Largest { get; }

    /// <summary>What was compared and the result, in one line.</summary>
    private protected abstract string Line { get; }

    /// <inheritdoc cref="Line"/>
    public sealed override string ToString() => Line;
}

/// <summary>The parity of an encoder: differences relative to the largest value of each embedding.</summary>
/// <param name="random">On images of noise.</param>
/// <param name="real">On images of a dataset.</param>
/// <param name="images">Images of each kind.</param>
/// <param name="data">The dataset.</param>
internal sealed class EncoderParity(double random, double real, int images, string data) : Parity(images)
{
    /// <summary>On images of noise.</summary>
    public double Random { get; } = random;

    /// <summary>On images of a dataset.</summary>
    public double Real { get; } = real;

    /// <summary>The dataset.</summary>
    public string Data { get; } = data;

    /// <inheritdoc/>
    public override double Largest => Math.Max(Random, Real);

    /// <inheritdoc/>
    private protected override string Line => string.Create(CultureInfo.InvariantCulture,
        $"ONNX Runtime against libtorch fp32: largest relative difference {Random:0.0e+0} on {Images} images of noise, "
        + $"{Real:0.0e+0} on {Images} of {Data}");
}
