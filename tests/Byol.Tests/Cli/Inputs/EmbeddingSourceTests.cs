using System.Text.Json;
using Byol.Embeddings;
using Byol.Encoders;
using Byol.Export;
using Byol.Models;
using Byol.Models.ResNet;
using static TorchSharp.torch;

namespace Byol.Tests.Cli.Inputs;

/// <summary>byol search asks of embeddings in a file whether the encoder that it is given made them, of images prepared alike.</summary>
[Collection(CommandLine.Name)]
public sealed class EmbeddingSourceTests : IDisposable
{
    private static readonly Preprocessing Prepared = new(16, 1, [0.1, 0.2, 0.3], [0.4, 0.5, 0.6]);
    private readonly TemporaryFolder _folder = new();
    private readonly string _images, _encoder;

    public EmbeddingSourceTests()
    {
        _images = Made.Images(_folder["images"], 6);
        _encoder = Write("e.safetensors", 3, Prepared);
    }

    public void Dispose() => _folder.Dispose();

    // The same encoder whichever engine runs it and in whichever format it came.
    [Fact]
    public void One_encoder_has_one_source_in_every_format_and_engine()
    {
        Done("export", _encoder, "--out", _folder["e.onnx"], "--data", _images);
        Done("export", _encoder, "--out", _folder["e.pt"]);
        using var opened = EncoderFile.Open(_encoder, CPU);
        foreach (var (file, precision) in ((string, string)[])[("e.safetensors", "float32"), ("e.safetensors", "bfloat16"),
            ("e.onnx", "float32"), ("e.pt", "float32"), ("e.pt", "bfloat16")])
        {
            foreach (var extension in EmbeddingFile.Extensions)
            {
                var path = _folder["x" + extension];
                Done("embed", _folder[file], "--data", _images, "--out", path, "--precision", precision, "--force");
                using var set = EmbeddingFile.Read(path);
                Assert.Equal((_folder[file], opened.Description.Weights), (set.Source!.Encoder, set.Source.Description.Weights));
                foreach (var other in (string[])["e.safetensors", "e.onnx", "e.pt"]) Assert.DoesNotContain("Warning", Search(other, path));
            }
        }
    }

    [Theory]
    [InlineData(".npy")]
    [InlineData(".csv")]
    [InlineData(".parquet")]
    public void Embeddings_of_another_encoder_or_preprocessing_are_refused(string extension)
    {
        var path = _folder["x" + extension];
        Done("embed", _encoder, "--data", _images, "--out", path);
        Refuses(Write("other.safetensors", 4, Prepared), "the weights differ (sha256 ");
        Refuses(Write("larger.safetensors", 3, Prepared.With(imageSize: 24)),
            "the weights are the same, but images are prepared differently (16 px, center crop 1, mean 0.1 0.2 0.3, std 0.4");
        Refuses(Write("other-mean.safetensors", 3, Prepared.With(mean: [0, 0, 0])), "prepared differently");
        Done("embed", Write("other.safetensors", 4, Prepared), "--data", _images, "--out", path, "--force");
        Search("other.safetensors", path);
        Refuses(_encoder, "the weights differ (sha256 ");

        void Refuses(string encoder, string words) =>
            CommandLine.Refuses(["search", encoder, "--embeddings", path, "--query", Path.Combine(_images, "0001.png")],
                $"{path} was made with ", $"and {encoder} is given: ", words, "search with the encoder that made it, or embed");
    }

    [Fact]
    public void Embeddings_that_do_not_say_are_searched_with_one_warning()
    {
        var path = _folder["x.npy"];
        Done("embed", _encoder, "--data", _images, "--out", path);
        using (var note = JsonDocument.Parse(File.ReadAllBytes($"{path}.encoder.json")))
            Assert.Equal("64", note.RootElement.GetProperty("dimension").GetString());
        File.Delete($"{path}.encoder.json");
        Assert.Equal(2, Search("e.safetensors", path).Split($"warning: {path} does not say which encoder made it").Length);
        Assert.DoesNotContain("Warning", Done("duplicates", "--embeddings", path));
    }

    private string Search(string encoder, string path) =>
        Done("search", _folder[encoder], "--embeddings", path, "--query", Path.Combine(_images, "0001.png"));

    private static string Done(params string[] arguments)
    {
        var (code, _, error) = CommandLine.Run(arguments);
        Assert.True(code == 0, error);
        return error;
    }

    private string Write(string name, ulong seed, Preprocessing preprocessing)
    {
        using var weights = new WeightSource(seed, CPU);
        using var network = new ResNet(new ResNetOptions { Depth = 18, Width = 0.125, Stem = Stem.Small }, weights);
        using var stream = File.Create(_folder[name]);
        EncoderWriter.Write(stream, network, network.Described(preprocessing));
        return _folder[name];
    }
}
