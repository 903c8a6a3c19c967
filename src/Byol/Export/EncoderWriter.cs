using Byol.Encoders;
using Byol.TensorFiles;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Export;

/// <summary>Writes encoders with their description, as safetensors or as a file for PyTorch.</summary>
public static class EncoderWriter
{
    /// <summary>Writes an encoder to a file, and reads it back before the file gets its name.</summary>
    /// <param name="path">The file; an existing one stays until then.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="forPyTorch">Whether to write a state dictionary for <c>torch.load</c>; otherwise safetensors.</param>
    /// <exception cref="ArgumentException">The file cannot be written, or the kind of encoder was not registered.</exception>
    /// <exception cref="InvalidOperationException">The weights that were read back differ; nothing was written.</exception>
    public static void Save(string path, OpenedEncoder encoder, bool forPyTorch = false)
    {
        CheckedFile.Write(path, Write, written =>
        {
            using var again = EncoderFile.Open(written, CPU);
            if (again.Description.Weights != encoder.Description.Weights)
                throw new InvalidOperationException($"{path} came back with other weights and was removed; check the disk.");
        });

        void Write(Stream stream)
        {
            if (forPyTorch) WritePyTorch(stream, encoder.Network, encoder.Description);
            else EncoderWriter.Write(stream, encoder.Network, encoder.Description);
        }
    }

    /// <summary>Writes an encoder as safetensors: parameters and buffers, for a residual network under torchvision's names.</summary>
    /// <param name="stream">The stream or file to write to.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="description">The description for the file; the digest of the weights is computed.</param>
    /// <exception cref="ArgumentException">The kind of encoder was not registered.</exception>
    internal static void Write(Stream stream, Module<Tensor, Tensor> encoder, EncoderDescription description)
    {
        var tensors = EncoderFile.Tensors(encoder).ToList();
        Safetensors.Write(stream, tensors, description.With(WeightsDigest.Of(tensors)).ToMetadata());
    }

    /// <summary>Writes an encoder as a state dictionary that <c>torch.load</c> reads.</summary>
    /// <param name="stream">The stream to write to; it must be able to seek.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="description">The description for the file; the digest of the weights is computed.</param>
    /// <exception cref="ArgumentException">The kind of encoder was not registered.</exception>
    internal static void WritePyTorch(Stream stream, Module<Tensor, Tensor> encoder, EncoderDescription description)
    {
        var tensors = EncoderFile.Tensors(encoder).ToList();
        TorchWriter.Write(stream, tensors, description.With(WeightsDigest.Of(tensors)).ToMetadata());
    }
}
