using Byol.Data.Datasets;
using Byol.TensorFiles;
using Byol.TensorFiles.Onnx;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Encoders;

/// <summary>Reads encoders from safetensors and PyTorch files, written by Byol or by others.</summary>
public static class EncoderFile
{
    /// <summary>Opens an encoder with its description, in evaluation mode.</summary>
    /// <param name="path">safetensors or a file of <c>torch.save</c>, recognized by content; for an .onnx see <see
    /// cref="OpenOnnx"/>.</param>
    /// <param name="device">The device for it.</param>
    /// <param name="otherwise">Used if the file does not describe itself: the preprocessing, and the stem if the first convolution is 3x3.
    /// Null prepares images as for ImageNet: 224 px, or 32 if the first convolution is 3x3.</param>
    /// <exception cref="InvalidDataException">The file is damaged, holds no encoder, or one of a kind that is not registered.</exception>
    public static OpenedEncoder Open(string path, Device device, EncoderDescription? otherwise = null)
    {
        if (OnnxModel.IsOne(path)) return OpenOnnx(path, device);
        ShardedFile.RequireNone(path);
        using ITensorFile file = TorchFile.IsOne(path) ? new TorchFile(path) : new SafetensorsFile(path);
        if (!EncoderDescription.IsIn(file.Metadata)) return ForeignResNet.Find(file).Open(file, device, otherwise);
        var described = EncoderDescription.Parse(path, file.Metadata);
        Trunk.Require(file, described.Architecture, "", name => name, []);
        var (network, digest) = EncoderWeights.Read(file, described.Architecture, name => name, device);
        if ((described.Weights ?? digest) == digest) return new OpenedEncoder(network, described.With(weights: digest));
        network.Dispose();
        throw new InvalidDataException(
            $"{path} has weights that differ from those of its metadata (weights_sha256); use another copy of it.");
    }

    /// <summary>Opens the weights of an ONNX model that another program wrote, to train or export them: a residual network of torchvision's
    /// kind.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">The device for it.</param>
    /// <param name="images">Images to rebuild BatchNorms with, if they are folded into the convolutions; null refuses such a model.</param>
    /// <param name="settings">The input of the model, each <c>key=value</c> as in the file <c>NAME.onnx.toml</c> beside it, whose keys they
    /// override: <c>preset=mlnet</c>. The default is ImageNet's normalization.</param>
    /// <exception cref="InvalidDataException">It is damaged, another network, or folded and there are no images; or it describes itself and
    /// settings are given too.</exception>
    public static OpenedEncoder OpenOnnx(
        string path, Device device, IDataset? images = null, params IReadOnlyList<string> settings)
    {
        var (model, input) = (OnnxModel.Parse(path, File.ReadAllBytes(path)), ModelInputFile.Find(path, settings));
        if (!EncoderDescription.IsIn(model.FreeText))
        {
            using var others = new ForeignOnnxResNet(model, input ?? ModelInput.ImageNet);
            return others.Open(others.Preprocessing, device, images);
        }
        if (input is not null) throw new InvalidDataException($"{path} describes itself, and its input is given too; leave that out.");
        using var ours = new ForeignOnnxResNet(model, ModelInput.Plain);      // it normalizes by itself
        return ours.Open(EncoderDescription.Parse(path, model.FreeText).Preprocessing, device, images);
    }

    /// <summary>Parameters, then buffers, by name.</summary>
    /// <param name="module">Any module.</param>
    public static IEnumerable<(string Name, Tensor Value)> Tensors(Module module) =>
        module.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Concat(module.named_buffers().Select(b => (b.name, b.buffer)));
}
