using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Encoders;

/// <summary>An encoder out of a file.</summary>
public sealed class OpenedEncoder : IDisposable
{
    internal OpenedEncoder(Module<Tensor, Tensor> network, EncoderDescription description) =>
        (Network, Description) = (network, description);

    /// <summary>f in evaluation mode; disposed with this.</summary>
    public Module<Tensor, Tensor> Network { get; }

    /// <summary>What the file says of it, or what was assumed, with the digest of its weights.</summary>
    public EncoderDescription Description { get; }

    /// <summary>How it was found in a file of another program; null where Byol wrote the file.</summary>
    public ForeignOrigin? Origin { get; internal init; }

    /// <summary>Turns it into an encoder that embeds, the fastest that there is for it; this is then given up, and disposed with that.
    /// </summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="precision">What to compute in.</param>
    /// <param name="device">Where to compute: where this was opened.</param>
    /// <exception cref="ArgumentException">The encoder does not support this precision.</exception>
    /// <exception cref="Byol.Models.NumericsException">libtorch computes a layer wrongly on this processor, whatever way is taken.</exception>
    public IImageEncoder ToImageEncoder(string name, Byol.Models.Precision precision, Device device) =>
        new TorchEncoder(name, this, precision, device);

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}

/// <summary>How an encoder was found in a file of another program; names are fit to be printed.</summary>
public sealed class ForeignOrigin
{
    internal ForeignOrigin(string prefix, int used, IReadOnlyList<string> unused, IReadOnlyList<string> passed) =>
        (Prefix, Used, Unused, Passed) = (prefix, used, unused, passed);

    /// <summary>What stood before its names.</summary>
    public string Prefix { get; }

    /// <summary>How many tensors were used.</summary>
    public int Used { get; }

    /// <summary>Names of the tensors that were not; counters of BatchNorm are not named.</summary>
    public IReadOnlyList<string> Unused { get; }

    /// <summary>Prefixes of other encoders in the file, which were passed over.</summary>
    public IReadOnlyList<string> Passed { get; }

    /// <summary>What was assumed because shapes do not say it; null if they say everything.</summary>
    public string? Assumption { get; internal init; }
}
