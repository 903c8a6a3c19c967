using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models;

/// <summary>How an image enters the first stage of a <see cref="ResNet"/>.</summary>
public enum Stem
{
    /// <summary>7x7 convolution of stride 2, then max-pool of stride 2: the ImageNet stem. A 224-px image enters stage 1 at 56.</summary>
    ImageNet,

    /// <summary>3x3 convolution of stride 1, no pooling: the CIFAR stem. A 32-px image enters stage 1 at 32.</summary>
    Small,

    /// <summary>3x3 convolution of stride 2, no pooling: a quarter of the work of <see cref="Small"/>.
    /// A 32-px image enters stage 1 at 16.</summary>
    SmallStride2,
}

/// <summary>Which encoder f to build. Defaults are the paper's (BYOL, section 3.2: ResNet-50 1x).</summary>
public sealed record EncoderOptions
{
    /// <summary>18, 34, 50, 101, 152 or 200.</summary>
    public int Depth { get; init; } = 50;

    /// <summary>Multiplies the channels of every layer; the paper has 1 to 4, small machines ½ and ¼.
    /// 64 × width must be a whole number.</summary>
    public double Width { get; init; } = 1;

    /// <summary>How the image enters.</summary>
    public Stem Stem { get; init; } = Stem.ImageNet;

    /// <summary>D, the size of a representation: 512 × width, or 2048 × width from depth 50 on.</summary>
    public long RepresentationSize => (long)((Depth >= 50 ? 2048 : 512) * Width);

    /// <summary>Builds the encoder.</summary>
    /// <param name="weights">Draws its weights.</param>
    /// <returns>f, [B,3,S,S] to [B,D].</returns>
    internal Module<Tensor, Tensor> Create(WeightSource weights) => new ResNet(this, weights);

    /// <summary>Throws where no encoder can be built from these options.</summary>
    /// <exception cref="ArgumentException">One line: value, rule, remedy.</exception>
    public void Validate()
    {
        if (!ResNet.Blocks.ContainsKey(Depth))
            throw new ArgumentException($"Encoder depth {Depth} is not known; use one of {string.Join(", ", ResNet.Blocks.Keys)}.");
        if (Width is not (>= 1.0 / 16 and <= 8) || Width * 64 != Math.Floor(Width * 64))
        {
            throw new ArgumentException(
                $"Encoder width {Width} must lie between 1/16 and 8, and 64 × width must be a whole number of channels; "
                    + "use for instance 0.25, 0.5, 1 or 2.");
        }
    }
}
