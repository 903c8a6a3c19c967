using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Encoders;

/// <summary>An encoder out of a file.</summary>
/// <param name="Network">f in evaluation mode; disposed with this.</param>
/// <param name="Description">What the file says of it, or what was assumed, with the digest of its weights.</param>
public sealed record OpenedEncoder(Module<Tensor, Tensor> Network, EncoderDescription Description) : IDisposable
{
    /// <summary>How it was found in a file of another program; null where Byol wrote the file.</summary>
    public ForeignOrigin? Origin { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}

/// <summary>How an encoder was found in a file of another program; names are fit to be printed.</summary>
/// <param name="Prefix">What stood before its names.</param>
/// <param name="Used">How many tensors were used.</param>
/// <param name="Unused">Names of the tensors that were not; counters of BatchNorm are not named.</param>
/// <param name="Passed">Prefixes of other encoders in the file, which were passed over.</param>
public sealed record ForeignOrigin(string Prefix, int Used, IReadOnlyList<string> Unused, IReadOnlyList<string> Passed)
{
    /// <summary>What was assumed because shapes do not say it; null if they say everything.</summary>
    internal string? Assumption { get; init; }
}
