using System.Text;
using Byol.Models.Numerics;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models;

/// <summary>The encoder f to build. A kind of encoder is a record that derives from this; its settable properties are the keys of a
/// recipe's section <c>encoder</c>. <see cref="EncoderKinds.Register{TOptions}"/> registers it under a name.</summary>
public abstract record EncoderOptions
{
    /// <summary>D, the size of a representation.</summary>
    public abstract long RepresentationSize { get; }

    /// <summary>A short description for messages.</summary>
    public virtual string Title => ToString();

    /// <summary>Whether the encoder computes in the type of its input, so that it supports bfloat16. The layers of this library do (<see
    /// cref="Conv2d"/>, <see cref="Linear"/>, <see cref="BatchNorm"/>); TorchSharp's compute in the type of their weights.</summary>
    public virtual bool SupportsBFloat16 => false;

    /// <summary>Encoders of this kind from small to large, for a time budget to choose from; only this one if the kind has no such
    /// list.</summary>
    public virtual IReadOnlyList<EncoderOptions> Sizes => [this];

    /// <summary>The number of trained parameters; unless a kind counts them, the encoder is built to count them.</summary>
    internal virtual long ParameterCount
    {
        get
        {
            using var weights = new WeightSource(0, CPU);
            using var encoder = Create(weights);
            return encoder.parameters().Sum(p => p.numel());
        }
    }

    /// <summary>Whether the weights of an encoder with other options fit this one: the options differ in settings without weights
    /// only.</summary>
    /// <param name="other">The other options.</param>
    public bool HasWeightsOf(EncoderOptions other) => Weighted == other.Weighted;

    /// <summary>The same without the settings that have no weights.</summary>
    internal virtual EncoderOptions Weighted => this;

    /// <summary>Throws if no encoder can be built from these options.</summary>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    public abstract void Validate();

    /// <summary>Builds the encoder: [B,3,S,S] to [B,D]. It is called several times for a run and must build the same network each time.
    /// </summary>
    /// <remarks>A pass draws no random numbers, so that two can be computed at the same time.</remarks>
    /// <param name="weights">The source of the weights.</param>
    /// <returns>f, in training mode; the caller owns it.</returns>
    /// <exception cref="ArgumentException">No encoder can be built from these options.</exception>
    public abstract Module<Tensor, Tensor> Create(WeightSource weights);

    /// <summary>The cost of the encoder; null if it is not counted.</summary>
    /// <param name="imageSize">S, in pixels.</param>
    /// <exception cref="ArgumentException">No encoder can be built from these options.</exception>
    internal virtual EncoderCost? Cost(int imageSize) => null;

    /// <summary>The type that the encoder computes in: fp32 unless it supports bfloat16.</summary>
    /// <param name="precision">The requested precision.</param>
    /// <param name="device">The device to compute on.</param>
    internal ScalarType ComputeType(Precision precision, Device device) =>
        SupportsBFloat16 ? precision.ComputeType(device) : ScalarType.Float32;

    /// <summary>Throws if the encoder does not support a precision.</summary>
    /// <param name="precision">The requested precision.</param>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    internal void Require(Precision precision)
    {
        if (precision == Precision.BFloat16 && !SupportsBFloat16)
        {
            throw new ArgumentException(
                $"Encoder {Title} does not compute in bfloat16; use Precision.Float32, or Precision.Auto, which then is the same.");
        }
    }

    /// <summary>The different layers of a pass, to be checked on this processor; none are checked if the kind does not list them.</summary>
    /// <param name="imageSize">S, in pixels.</param>
    /// <param name="batch">B.</param>
    /// <param name="type">The type to compute in.</param>
    /// <param name="withGradients">Whether it is trained.</param>
    internal virtual IEnumerable<ILayerShape> LayerShapes(long imageSize, long batch, ScalarType type, bool withGradients) => [];

    /// <summary>Encoders that together have all layers of this kind, for the sweep of numerics.</summary>
    internal virtual IEnumerable<EncoderOptions> Swept => [];

    /// <summary>Names and shapes of the encoder's parameters and buffers, without building it; null if only the built network has them.
    /// </summary>
    internal virtual IReadOnlyList<(string Name, long[] Shape)>? State => null;

    /// <summary>Prints nothing of this record, because its properties follow from the options of a kind.</summary>
    /// <param name="builder">The text so far.</param>
    protected virtual bool PrintMembers(StringBuilder builder) => false;
}
