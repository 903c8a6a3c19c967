using Byol.Models;
using Byol.TensorFiles;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Encoders;

/// <summary>From the tensors of a file to a network.</summary>
internal static class EncoderWeights
{
    /// <summary>Builds the network and fills it. If its shapes are known beforehand, they are compared before it is built: what a small
    /// file claims must not take memory.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">The network.</param>
    /// <param name="named">The network's names to the file's.</param>
    /// <param name="device">The device for it.</param>
    /// <returns>The network in evaluation mode, and the digest of its weights.</returns>
    /// <exception cref="InvalidDataException">The file does not hold this network.</exception>
    public static (Module<Tensor, Tensor> Network, string Digest) Read(
        ITensorFile file, EncoderOptions options, Func<string, string> named, Device device)
    {
        if (options.State is { } state) Compare(file, options, state, named);
        using var _ = no_grad();
        using var weights = new WeightSource(0, device);
        var network = options.Create(weights);
        try
        {
            var tensors = EncoderFile.Tensors(network).ToList();
            if (options.State is null)
            {
                Compare(file, options, [.. tensors.Select(t => (t.Name, t.Value.shape))], named);
                network.to(device);    // layers that did not draw from the source
                tensors = [.. EncoderFile.Tensors(network)];
            }
            foreach (var (name, tensor) in tensors) Fill(tensor, file, named(name));
            network.eval();
            return (network, WeightsDigest.Of(tensors));
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static void Compare(
        ITensorFile file, EncoderOptions options, IReadOnlyList<(string Name, long[] Shape)> state, Func<string, string> named)
    {
        var elements = 0L;
        foreach (var (name, shape) in state)
        {
            var claimed = file.Shape(named(name));
            if (!claimed.SequenceEqual(shape))
            {
                throw new InvalidDataException(
                    $"{file.Path} is not a {options.Title}: tensor {named(name)} has shape "
                    + $"[{string.Join(',', claimed)}] where [{string.Join(',', shape)}] is needed; use another encoder.");
            }
            elements += shape.Aggregate(1L, (product, d) => product * d);
        }
        if (elements * 2 > file.Length)
            throw new InvalidDataException($"{file.Path} claims {elements} weights, more than its bytes hold; use another copy of it.");
    }

    private static void Fill(Tensor tensor, ITensorFile file, string name)
    {
        using var value = file.Read(name);
        if (!value.is_floating_point())
            throw new InvalidDataException($"{file.Path}: tensor {name} is of type {value.dtype}; weights must be floating point.");
        tensor.copy_(value);
        FiniteWeights.Require(file.Path, name, tensor);   // as they are used: fp64 may be too large for fp32
    }
}
