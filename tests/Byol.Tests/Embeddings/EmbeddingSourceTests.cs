using Byol.Data.Views;
using Byol.Embeddings;
using Byol.Encoders;
using Byol.Models.ResNet;
using Parquet;

namespace Byol.Tests.Embeddings;

/// <summary>Embeddings keep what they were made with, and never stand beside the source of others.</summary>
public sealed class EmbeddingSourceTests : IDisposable
{
    private static readonly EmbeddingSource First = Source('a'), Second = Source('b');
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Extensions => [.. EmbeddingFile.Extensions];

    [Theory]
    [MemberData(nameof(Extensions))]
    public void It_comes_back_and_that_of_an_overwritten_file_goes(string extension)
    {
        var path = _folder["x" + extension];
        Write(path, First, 1);
        Assert.Equal(Text(First), Text(Read(path)));
        Write(path, Second, 2);
        Assert.Equal(Text(Second), Text(Read(path)));
        using (var writer = EmbeddingFile.Create(path, 2, First)) writer.Write([5, 5], [new("a", null)]);   // not completed
        Assert.Equal(Text(Second), Text(Read(path)));
        Write(path, null, 3);
        Assert.Null(Read(path));
        Assert.Equal(extension == ".npy" ? 2 : 1, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public async Task Parquet_holds_it_as_metadata()
    {
        Write(_folder["x.parquet"], First, 1);
        var stop = TestContext.Current.CancellationToken;
        await using var reader = await ParquetReader.CreateAsync(_folder["x.parquet"], cancellationToken: stop);
        var metadata = reader.CustomMetadata;
        Assert.Equal(("run/encoder.safetensors", new string('a', 64), "2048", "224"),
            (metadata["byol.encoder"], metadata["byol.weights_sha256"], metadata["byol.dimension"], metadata["byol.image_size"]));
        Assert.Matches(@"^\d+\.\d+\.\d+$", metadata["byol.byol_version"]);
        Assert.DoesNotContain("byol.recipe", metadata.Keys);
    }

    // As an older byol would write, or a copy by hand.
    [Theory]
    [InlineData(".npy")]
    [InlineData(".csv")]
    public void Beside_other_embeddings_it_says_nothing(string extension)
    {
        Write(_folder["x" + extension], First, 1);
        Write(_folder["y" + extension], Second, 2);
        File.Copy(_folder["y" + extension], _folder["x" + extension], overwrite: true);
        Assert.Null(Read(_folder["x" + extension]));
        Assert.Equal(Text(Second), Text(Read(_folder["y" + extension])));
    }

    [Theory]
    [InlineData("[1]", "is not a JSON object of strings")]
    [InlineData("{", "is not a JSON object of strings")]
    public void A_damaged_file_beside_them_is_refused(string text, string words)
    {
        Write(_folder["x.npy"], First, 1);
        File.WriteAllText(_folder["x.npy.encoder.json"], text);
        Assert.Contains(words, Assert.Throws<InvalidDataException>(() => EmbeddingFile.Read(_folder["x.npy"])).Message);
    }

    [Fact]
    public void What_is_said_in_part_is_refused()
    {
        Write(_folder["x.npy"], First, 1);
        var note = _folder["x.npy.encoder.json"];
        File.WriteAllText(note, File.ReadAllText(note).Replace("\"depth\"", "\"width2\"", StringComparison.Ordinal));
        Assert.Contains($"{note} does not say in full what its embeddings were made with",
            Assert.Throws<InvalidDataException>(() => EmbeddingFile.Read(_folder["x.npy"])).Message);
    }

    [Fact]
    public void A_difference_is_said_and_the_name_is_none()
    {
        Assert.Null(First.DifferenceFrom(new EmbeddingSource("moved.onnx", First.Description)));
        Assert.Equal("the weights differ (sha256 aaaaaaaaaaaa… and bbbbbbbbbbbb…)", First.DifferenceFrom(Second));
        var description = First.Description;
        Assert.Contains("the encoders differ (ResNet-50 of width 1 with stem ImageNet and ResNet-50 of width 1 with stem Small)", First.DifferenceFrom(new EmbeddingSource(
            First.Encoder, new EncoderDescription(
                description.Architecture.AsResNet() with { Stem = Stem.Small }, description.Preprocessing) { Weights = description.Weights })));
        Preprocessing[] others =
        [
            description.Preprocessing.With(imageSize: 32), description.Preprocessing.With(centerCrop: 1),
            description.Preprocessing.With(mean: [0, 0, 0]), description.Preprocessing.With(standardDeviation: [1, 1, 1]),
            description.Preprocessing.With(fit: EvaluationFit.Squash),
        ];
        Assert.All(others, other => Assert.Contains("images are prepared differently (224 px, center crop 0.875, mean 0.485",
            First.DifferenceFrom(new EmbeddingSource(First.Encoder, description.With(preprocessing: other)))));
    }

    [Fact]
    public void An_encoder_that_does_not_say_what_it_is_leaves_none()
    {
        using var encoder = new FakeEncoder();
        Assert.Null(EmbeddingSource.Of(encoder));
    }

    private static EmbeddingSource Source(char digest) => new("run/encoder.safetensors",
        new EncoderDescription(new ResNetOptions { Depth = 50 }, Preprocessing.OfImageNet(224))
        {
            Weights = new string(digest, 64), Recipe = "[training]\n"
        });

    private static void Write(string path, EmbeddingSource? source, float value)
    {
        using var writer = EmbeddingFile.Create(path, 2, source);
        writer.Write([value, value], [new("a", null)]);
        writer.Complete();
    }

    private static EmbeddingSource? Read(string path)
    {
        using var set = EmbeddingFile.Read(path);
        return set.Source;
    }

    private static string? Text(EmbeddingSource? source) =>
        source is null ? null : $"{source.Encoder} {source.Description.Weights} {source.DifferenceFrom(First)}";
}
