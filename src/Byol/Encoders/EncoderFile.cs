using Byol.TensorFiles;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Encoders;

/// <summary>Encoders in files, of ours and of others: safetensors and files of PyTorch.</summary>
public static class EncoderFile
{
    /// <summary>Opens an encoder with all that its file says of it; it comes in evaluation mode.</summary>
    /// <param name="path">safetensors or a file of <c>torch.save</c>, told apart by their content, of ours or of others.</param>
    /// <param name="device">Where it shall live.</param>
    /// <param name="otherwise">Holds if the file does not describe itself: the preprocessing, and the stem if the first convolution is
    /// 3x3. Null prepares as for ImageNet: 224 px, or 32 if the first convolution is 3x3.</param>
    /// <exception cref="InvalidDataException">The file is damaged, holds no encoder, or one of a kind that is not registered.</exception>
    public static OpenedEncoder Open(string path, Device device, EncoderDescription? otherwise = null)
    {
        ShardedFile.RequireNone(path);
        using ITensorFile file = TorchFile.IsOne(path) ? new TorchFile(path) : new SafetensorsFile(path);
        if (!EncoderDescription.IsIn(file.Metadata)) return ForeignResNet.Find(file).Open(file, device, otherwise);
        var described = EncoderDescription.Parse(path, file.Metadata);
        Trunk.Require(file, described.Architecture, "", name => name, []);
        var (network, digest) = EncoderWeights.Read(file, described.Architecture, name => name, device);
        if ((described.Weights ?? digest) == digest) return new OpenedEncoder(network, described with { Weights = digest });
        network.Dispose();
        throw new InvalidDataException(
            $"{path} has weights that differ from those of its metadata (weights_sha256); use another copy of it.");
    }

    /// <summary>Parameters, then buffers, by name.</summary>
    /// <param name="module">Any module.</param>
    public static IEnumerable<(string Name, Tensor Value)> Tensors(Module module) =>
        module.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Concat(module.named_buffers().Select(b => (b.name, b.buffer)));
}
