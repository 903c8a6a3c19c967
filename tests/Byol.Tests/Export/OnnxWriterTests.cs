using Byol.Encoders;
using Byol.Export;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.OnnxRuntime;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace Byol.Tests.Export;

/// <summary>ONNX files that we write, run by ONNX Runtime.</summary>
public sealed class OnnxWriterTests
{
    [Theory]
    [InlineData(18, 0.25, Stem.ImageNet, 64, SpatialPooling.Mean)]
    [InlineData(18, 0.125, Stem.Small, 16, SpatialPooling.MeanMax)]
    [InlineData(34, 0.125, Stem.SmallStride2, 33, SpatialPooling.Mean)]
    [InlineData(50, 0.125, Stem.ImageNet, 65, SpatialPooling.MeanMax)]
    public void ONNX_Runtime_agrees_with_libtorch(int depth, double width, Stem stem, int size, SpatialPooling pooling)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var preprocessing = new Preprocessing(size, 0.875, [0.1, 0.2, 0.3], [0.4, 0.5, 0.6]);
        using var torch = Torch(new ResNetOptions { Depth = depth, Width = width, Stem = stem, Pooling = pooling }, preprocessing, folder["e.onnx"]);
        using var onnx = OnnxEncoder.Open(folder["e.onnx"]);

        Assert.Equal((torch.Dimension, size, 0.875), (onnx.Dimension, onnx.Preprocessing.ImageSize, onnx.Preprocessing.CenterCrop));
        Assert.Equal(preprocessing.Mean, onnx.Preprocessing.Mean);
        Assert.Equal(preprocessing.StandardDeviation, onnx.Preprocessing.StandardDeviation);
        // The batch is free: one size after the other through the same session.
        foreach (var count in (int[])[1, 5, 2]) TensorAssert.Close(Embed(torch, count), Embed(onnx, count), 1e-5, $"{count} images");
    }

    [Fact]
    public void The_file_is_the_same_each_time_and_says_all_that_is_known()
    {
        using var folder = new TemporaryFolder();
        var options = new ResNetOptions { Depth = 18, Width = 0.125, Stem = Stem.Small };
        var preprocessing = new Preprocessing(16, 1, [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]);
        using var first = Torch(options, preprocessing, folder["a.onnx"]);
        using var second = Torch(options, preprocessing, folder["b.onnx"]);
        Assert.Equal(File.ReadAllBytes(folder["a.onnx"]), File.ReadAllBytes(folder["b.onnx"]));

        using var session = new InferenceSession(folder["a.onnx"]);
        Assert.Equal([OnnxWriter.Embedding, OnnxWriter.Normalized], session.OutputMetadata.Keys);
        Assert.Equal(["batch", "", "", ""], session.InputMetadata[OnnxWriter.Input].SymbolicDimensions);
        var metadata = session.ModelMetadata.CustomMetadataMap;
        var description = EncoderDescription.Parse("a", metadata);
        Assert.Equal(options, description.Architecture);
        Assert.Equal(("[training]\nepochs = 3\n", new string('a', 64)), (description.Recipe, description.Weights));
    }

    [Fact]
    public void Normalized_embeddings_have_length_1_and_those_of_zeros_are_zeros()
    {
        using var folder = new TemporaryFolder();
        var preprocessing = new Preprocessing(16, 1, [0, 0, 0], [1, 1, 1]);
        using var encoder = Torch(new ResNetOptions { Depth = 18, Width = 0.125, Stem = Stem.Small }, preprocessing, folder["e.onnx"],
            silent: false);
        using var silent = Torch(new ResNetOptions { Depth = 18, Width = 0.125, Stem = Stem.Small }, preprocessing, folder["silent.onnx"],
            silent: true);
        Assert.All(Lengths(folder["e.onnx"]), l => Assert.Equal(1, l, 1e-5));
        Assert.All(Lengths(folder["silent.onnx"]), l => Assert.Equal(0, l));
    }

    [Fact]
    public void An_encoder_beyond_2_GiB_is_refused_in_one_line()
    {
        var e = Assert.Throws<ArgumentException>(() => OnnxWriter.RequireWithinFormat((1L << 31) + 1));
        Assert.Contains("an ONNX file ends at 2 GiB", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5000)]
    public void A_file_cut_short_is_refused(int length)
    {
        using var folder = new TemporaryFolder();
        using var encoder = Torch(new ResNetOptions { Depth = 18, Width = 0.0625 }, new Preprocessing(32, 1, [0, 0, 0], [1, 1, 1]),
            folder["e.onnx"]);
        File.WriteAllBytes(folder["cut.onnx"], File.ReadAllBytes(folder["e.onnx"])[..length]);
        var e = Assert.Throws<InvalidDataException>(() => OnnxEncoder.Open(folder["cut.onnx"]));
        Assert.StartsWith(folder["cut.onnx"], e.Message, StringComparison.Ordinal);
    }

    private static List<double> Lengths(string path)
    {
        using var session = new InferenceSession(path);
        using var input = OrtValue.CreateTensorValueFromMemory(Pixels(3 * 16 * 16 * 4), [4, 3, 16, 16]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [OnnxWriter.Input], [input], [OnnxWriter.Normalized]);
        return [.. outputs[0].GetTensorDataAsSpan<float>().ToArray().Chunk(64).Select(row => Math.Sqrt(row.Sum(v => (double)v * v)))];
    }

    private static float[] Pixels(int count) => [.. Made.Bytes(count, 7).Select(b => b / 255f)];

    private static Tensor Embed(IImageEncoder encoder, int count)
    {
        var size = encoder.Preprocessing.ImageSize;
        var embeddings = new float[count * encoder.Dimension];
        encoder.Encode(Pixels(count * size * size * 3), count, embeddings);
        return tensor(embeddings).reshape(count, -1);
    }

    // BatchNorm with statistics and weights of its own: untouched ones would hide half of the folding.
    private static TorchEncoder Torch(ResNetOptions options, Preprocessing preprocessing, string path, bool silent = false)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var weights = new WeightSource(3, CPU);
        using var random = new Generator(5);
        var network = new ResNet(options, weights);
        foreach (var (name, value) in EncoderFile.Tensors(network).Where(t => t.Value.dim() == 1))
            value.copy_(silent ? zeros_like(value)
                : rand(value.shape, generator: random) * 0.5 + (name.EndsWith("weight") || name.EndsWith("var") ? 0.5 : -0.25));
        using (var stream = File.Create(path))
            OnnxWriter.Write(stream, network,
                new EncoderDescription(options, preprocessing) { Recipe = "[training]\nepochs = 3\n", Weights = new string('a', 64) });
        return new TorchEncoder("torch", new OpenedEncoder(network, network.Described(preprocessing)), Precision.Float32, CPU);
    }
}
