using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Encoders;

/// <summary>An encoder that was read from a file.</summary>
public sealed class OpenedEncoder : IDisposable
{
    internal OpenedEncoder(Module<Tensor, Tensor> network, EncoderDescription description) =>
        (Network, Description) = (network, description);

    /// <summary>f in evaluation mode; disposed with this.</summary>
    public Module<Tensor, Tensor> Network { get; }

    /// <summary>The description from the file, or an assumed one, with the digest of the weights.</summary>
    public EncoderDescription Description { get; }

    /// <summary>How it was found in a file of another program; null if Byol wrote the file.</summary>
    public ForeignOrigin? Origin { get; internal init; }

    /// <summary>Turns it into the fastest encoder for embedding. That one then owns this and disposes it.
    /// </summary>
    /// <param name="name">The name in messages.</param>
    /// <param name="precision">The type to compute in.</param>
    /// <param name="device">The device to compute on: where this was opened.</param>
    /// <exception cref="ArgumentException">The encoder does not support this precision.</exception>
    /// <exception cref="Byol.Models.NumericsException">libtorch computes a layer wrongly on this processor, and no workaround
    /// helps.</exception>
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

    /// <summary>The prefix of its names.</summary>
    public string Prefix { get; }

    /// <summary>How many tensors were used.</summary>
    public int Used { get; }

    /// <summary>Names of the tensors that were not used, without counters of BatchNorm.</summary>
    public IReadOnlyList<string> Unused { get; }

    /// <summary>Prefixes of other encoders in the file, which were skipped.</summary>
    public IReadOnlyList<string> Passed { get; }

    /// <summary>What was assumed because shapes do not show it; null if they show everything.</summary>
    public string? Assumption { get; internal init; }
}
