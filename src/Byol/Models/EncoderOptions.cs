using System.Text;
using Byol.Models.Numerics;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models;

/// <summary>Which encoder f to build. A kind of encoder is a record that derives from this; its properties that can be set are the keys of
/// a recipe's section <c>encoder</c>. <see cref="EncoderKinds.Register{TOptions}"/> makes it known by name.</summary>
public abstract record EncoderOptions
{
    /// <summary>D, the size of a representation.</summary>
    public abstract long RepresentationSize { get; }

    /// <summary>What messages call it in a few words.</summary>
    public virtual string Title => ToString();

    /// <summary>Whether the encoder computes in the type of its input, so that it can be given bfloat16. Our layers do
    /// (<see cref="Conv2d"/>, <see cref="Linear"/>, <see cref="BatchNorm"/>); those of TorchSharp compute in the type of their weights.</summary>
    public virtual bool SupportsBFloat16 => false;

    /// <summary>Encoders of this kind from small to large, for a budget of time to choose from; this one alone if the kind has no
    /// such list.</summary>
    public virtual IReadOnlyList<EncoderOptions> Sizes => [this];

    /// <summary>How many numbers the encoder learns; unless a kind counts them, it is built for this.</summary>
    internal virtual long ParameterCount
    {
        get
        {
            using var weights = new WeightSource(0, CPU);
            using var encoder = Create(weights);
            return encoder.parameters().Sum(p => p.numel());
        }
    }

    /// <summary>Whether the weights of an encoder of other options fit this one as they are: what differs holds none.</summary>
    /// <param name="other">The others.</param>
    public bool HasWeightsOf(EncoderOptions other) => Weighted == other.Weighted;

    /// <summary>The same without the settings that decide over no weight.</summary>
    internal virtual EncoderOptions Weighted => this;

    /// <summary>Throws if no encoder can be built from these options.</summary>
    /// <exception cref="ArgumentException">One line: value, rule, remedy.</exception>
    public abstract void Validate();

    /// <summary>Builds the encoder: [B,3,S,S] to [B,D]. It is called several times for a run and must build the same network each time.
    /// </summary>
    /// <remarks>A pass of it draws no random numbers: two may be computed at the same time.</remarks>
    /// <param name="weights">Draws the weights.</param>
    /// <returns>f, in training mode; the caller owns it.</returns>
    /// <exception cref="ArgumentException">No encoder can be built from these options.</exception>
    public abstract Module<Tensor, Tensor> Create(WeightSource weights);

    /// <summary>What the encoder costs; null if that is not counted.</summary>
    /// <param name="imageSize">S, in pixels.</param>
    /// <exception cref="ArgumentException">No encoder can be built from these options.</exception>
    internal virtual EncoderCost? Cost(int imageSize) => null;

    /// <summary>The type that the encoder computes in: fp32 unless it supports bfloat16.</summary>
    /// <param name="precision">What was asked for.</param>
    /// <param name="device">Where it is computed.</param>
    internal ScalarType ComputeType(Precision precision, Device device) =>
        SupportsBFloat16 ? precision.ComputeType(device) : ScalarType.Float32;

    /// <summary>Throws if the encoder cannot compute as it is asked to.</summary>
    /// <param name="precision">What was asked for.</param>
    /// <exception cref="ArgumentException">One line: value, rule, remedy.</exception>
    internal void Require(Precision precision)
    {
        if (precision == Precision.BFloat16 && !SupportsBFloat16)
        {
            throw new ArgumentException(
                $"Encoder {Title} does not compute in bfloat16; use Precision.Float32, or Precision.Auto, which then is the same.");
        }
    }

    /// <summary>The different layers that a pass computes, to be checked on this processor; none are checked if the kind does not list
    /// them.</summary>
    /// <param name="imageSize">S, in pixels.</param>
    /// <param name="batch">B.</param>
    /// <param name="type">What it computes in.</param>
    /// <param name="withGradients">Whether it is trained.</param>
    internal virtual IEnumerable<ILayerShape> LayerShapes(long imageSize, long batch, ScalarType type, bool withGradients) => [];

    /// <summary>Encoders whose layers together are all that this kind computes: what the sweep of numerics goes through.</summary>
    internal virtual IEnumerable<EncoderOptions> Swept => [];

    /// <summary>Names and shapes of the encoder's parameters and buffers, known before it is built; null if only the built network says.
    /// </summary>
    internal virtual IReadOnlyList<(string Name, long[] Shape)>? State => null;

    /// <summary>Prints nothing of this record: what it has follows from the options of a kind.</summary>
    /// <param name="builder">The text so far.</param>
    protected virtual bool PrintMembers(StringBuilder builder) => false;
}
