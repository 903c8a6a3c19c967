using System.Security.Cryptography;
using Byol.Cli.Inputs;
using Byol.Encoders;
using Byol.Export;
using Byol.Interop;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Tests.Cli.Inputs;

/// <summary>Which engine runs an encoder that is opened to embed images.</summary>
public sealed class EncoderInputTests
{
    private static readonly ResNetOptions Options = new() { Depth = 18, Width = 0.125, Stem = Stem.Small };
    private static readonly Preprocessing Preprocessing = new(16, 1, [0.1, 0.2, 0.3], [0.4, 0.5, 0.6]);

    [Fact]
    public void Fp32_on_a_processor_is_given_to_ONNX_Runtime_which_agrees_with_libtorch()
    {
        using var folder = new TemporaryFolder();
        var path = Save(folder["encoder.safetensors"]);

        using var scope = NewDisposeScope();
        using var opened = EncoderInput.Open(path, Precision.Float32, FileSaid.Nothing);
        using var torch = TorchEncoder.Open(path, Precision.Float32, CPU);

        if (TorchRuntime.DefaultDevice.type == DeviceType.CPU) Assert.IsType<OnnxEncoder>(opened);
        Assert.Equal((path, torch.Dimension, torch.Preprocessing.ImageSize), (opened.Name, opened.Dimension,
            opened.Preprocessing.ImageSize));
        TensorAssert.Close(Embed(torch), Embed(opened), 1e-5, "ONNX Runtime and libtorch");
    }

    [Fact]
    public void Bf16_stays_with_libtorch()
    {
        using var folder = new TemporaryFolder();
        using var opened = EncoderInput.Open(Save(folder["encoder.safetensors"]), Precision.BFloat16, FileSaid.Nothing);
        Assert.IsType<TorchEncoder>(opened);
    }

    // Its digest is what embeddings in files are known by.
    [Fact]
    public void An_ONNX_model_that_says_no_digest_has_that_of_its_file()
    {
        using var folder = new TemporaryFolder();
        using (var opened = EncoderFile.Open(Save(folder["encoder.safetensors"]), CPU))
        using (var stream = File.Create(folder["e.onnx"]))
            OnnxWriter.Write(stream, opened.Network, new EncoderDescription(opened.Description.Architecture, opened.Description.Preprocessing));
        using var encoder = OnnxEncoder.Open(folder["e.onnx"]);
        var digest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder["e.onnx"])));
        Assert.Equal(digest, encoder.Description.Weights);
    }

    private static string Save(string path)
    {
        using var weights = new WeightSource(3, CPU);
        using var network = new ResNet(Options, weights);
        using var stream = File.Create(path);
        EncoderWriter.Write(stream, network, network.Described(Preprocessing));
        return path;
    }

    private static Tensor Embed(IImageEncoder encoder)
    {
        var random = new Random(1);
        var (count, size) = (5, encoder.Preprocessing.ImageSize);
        var pixels = Enumerable.Range(0, count * size * size * 3).Select(_ => random.NextSingle()).ToArray();
        var embeddings = new float[count * encoder.Dimension];
        encoder.Encode(pixels, count, embeddings);
        return tensor(embeddings).reshape(count, -1);
    }
}
