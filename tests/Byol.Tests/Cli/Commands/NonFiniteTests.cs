using Byol.Embeddings;
using Byol.Encoders;
using Byol.Export;
using Byol.Models;
using Byol.Models.ResNet;
using static TorchSharp.torch;

namespace Byol.Tests.Cli.Commands;

/// <summary>NaN, infinities and zeros in what is used: weights, embeddings of some images, files of embeddings.</summary>
[Collection(CommandLine.Name)]
public sealed class NonFiniteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _images;

    public NonFiniteTests()
    {
        // The first is black, and so its activations are zeros whatever the weights are.
        _images = Made.Images(_folder["images"], 16, "a", "b");
        Made.File(Path.Combine(_images, "a", "0000.png"),
            Data.Images.ImageEncoder.Png(new Data.Images.Image8(new byte[16 * 16 * 3], 16, 16)));
    }

    public void Dispose() => _folder.Dispose();

    private string Query => Path.Combine(_images, "b", "0001.png");

    [Theory]
    [InlineData("run", "auto")]
    [InlineData("e.safetensors", "float32")]
    [InlineData("e.safetensors", "bfloat16")]
    [InlineData("e.pt", "float32")]
    [InlineData("e.onnx", "float32")]
    public void Weights_are_refused_by_every_verb_and_nothing_is_left(string name, string precision)
    {
        using (var network = Network("layer1.0.conv1.weight", double.NaN)) Write(name, network);
        var encoder = _folder[name];
        string[] words = ["tensor layer1.0.conv1.weight holds NaN", "use a checkpoint from before training diverged"];
        string[][] verbs =
        [
            ["embed", encoder, "--data", _images, "--out", _folder["out/x.npy"], "--precision", precision],
            ["search", encoder, "--data", _images, "--query", Query, "--precision", precision],
            ["duplicates", encoder, "--data", _images, "--precision", precision],
            ["evaluate", encoder, "--train", _images, "--test", _images, "--k", "1"],
            ["diagnose", encoder, "--data", _images],
        ];
        Assert.All(verbs, v => CommandLine.Refuses(v, words));
        if (name != "e.onnx")
        {
            foreach (var file in (string[])["x.safetensors", "x.pt", "x.onnx"])
                CommandLine.Refuses(["export", encoder, "--out", _folder[$"out/{file}"]], words);
            CommandLine.Refuses(["pretrain", "--data", _images, "--out", _folder["out/run"], "--init-from", encoder, .. CommandLine.Tiny,
                "--set", "encoder.stem=small"], words);
        }
        Assert.False(Directory.Exists(_folder["out"]) && Directory.EnumerateFileSystemEntries(_folder["out"]).Any());
    }

    // The weights are finite. The failure is found in an embedding, and is not of the input: 1, as evaluate answers a score that is none.
    [Theory]
    [InlineData("e.safetensors", "float32")]
    [InlineData("e.safetensors", "bfloat16")]
    [InlineData("e.onnx", "float32")]
    public void An_image_whose_activations_overflow_is_named(string name, string precision)
    {
        using (var network = Network("bn1.weight", 1e20, "layer1.0.bn1.weight", 1e20, "layer2.0.bn1.weight", 1e20)) Write(name, network);
        var encoder = _folder[name];
        Fails("a/0002.png", ["embed", encoder, "--data", _images, "--out", _folder["x.csv"], "--precision", precision]);
        Fails("a/0002.png", ["duplicates", encoder, "--data", _images, "--precision", precision]);
        Fails("b/0001.png", ["search", encoder, "--data", _images, "--query", Query, "--precision", precision]);
        Fails("a/0002.png", ["evaluate", encoder, "--train", _images, "--test", _images, "--k", "1"]);
        Fails("a/0002.png", ["diagnose", encoder, "--data", _images]);
        Assert.Empty(Directory.GetFiles(_folder.Path, "x.csv*"));

        static void Fails(string image, string[] arguments)
        {
            var (code, output, error) = CommandLine.Run(arguments);
            Assert.Equal(1, code);
            Assert.Empty(output);
            var line = error.TrimEnd().Split('\n')[^1];
            Assert.StartsWith("byol: The embedding of ", line);
            Assert.Contains($"{image} is not finite", line);
        }
    }

    [Theory]
    [InlineData(".npy")]
    [InlineData(".csv")]
    [InlineData(".parquet")]
    public void Embeddings_in_a_file_are_refused(string extension)
    {
        using (var network = Network()) Write("e.safetensors", network);
        var file = _folder["x" + extension];
        Embeddings(file, 1, float.NaN, 2);
        string[] words = [$"{file} cannot be used as embeddings: row 1, of 1.png, holds NaN"];
        CommandLine.Refuses(["search", _folder["e.safetensors"], "--embeddings", file, "--query", Query], words);
        CommandLine.Refuses(["duplicates", "--embeddings", file], words);
    }

    [Fact]
    public void Embeddings_of_zeros_are_said_and_nothing_is_near_to_one()
    {
        using (var network = Network()) Write("e.safetensors", network);
        Embeddings(_folder["x.npy"], 1, 0, 0);
        const string warning = "warning: 2 of 3 embeddings are all zeros (first 1.png) and count as similar to no image";
        var (code, output, error) = CommandLine.Run("search", _folder["e.safetensors"], "--embeddings", _folder["x.npy"], "--query", Query);
        Assert.Equal((0, true), (code, error.Contains(warning)));
        Assert.DoesNotContain("NaN", output);
        (code, output, error) = CommandLine.Run("duplicates", "--embeddings", _folder["x.npy"], "--threshold", "0.5");
        Assert.Equal((0, true), (code, error.Contains(warning)));
        Assert.Contains("0 of them in 0 groups", output);
        (code, _, error) = CommandLine.Run("search", _folder["e.safetensors"], "--embeddings", _folder["x.npy"],
            "--query", Path.Combine(_images, "a", "0000.png"));
        Assert.Equal(1, code);
        Assert.Contains("0000.png is all zeros, so nothing is nearest to it; use another image", error);
    }

    private static void Embeddings(string path, params float[] values)
    {
        using var writer = EmbeddingFile.Create(path, 64);
        for (var i = 0; i < values.Length; i++)
        {
            var row = new float[64];
            row[3] = values[i];
            writer.Write(row, [new EmbeddedImage($"{i}.png", null)]);
        }
        writer.Complete();
    }

    private void Write(string name, ResNet network)
    {
        var preprocessing = new Preprocessing(16, 1, [0, 0, 0], [1, 1, 1]);
        using var stream = new MemoryStream();
        if (name == "e.onnx") OnnxWriter.Write(stream, network, new EncoderDescription(network.Options(), preprocessing));
        else if (name == "e.pt") EncoderWriter.WritePyTorch(stream, network, network.Described(preprocessing));
        else EncoderWriter.Write(stream, network, network.Described(preprocessing));
        Made.File(name == "run" ? _folder["run/encoder.safetensors"] : _folder[name], stream.ToArray());
    }

    private static ResNet Network(params object[] changes)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using var weights = new WeightSource(3, CPU);
        var network = new ResNet(new ResNetOptions { Depth = 18, Width = 0.125, Stem = Stem.Small }, weights);
        foreach (var pair in changes.Chunk(2))
            EncoderFile.Tensors(network).Single(t => t.Name == (string)pair[0]).Value.fill_((double)pair[1]);
        return network;
    }
}
