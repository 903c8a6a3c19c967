using System.Text.Json;
using Byol.Data.Images;
using Byol.Embeddings;

namespace Byol.Tests.Cli.Commands;

/// <summary>byol embed, search and duplicates: from an encoder and a folder to files, tables and pages.</summary>
[Collection(CommandLine.Name)]
public sealed class EmbeddingVerbsTests : IClassFixture<EmbeddingVerbsTests.Trained>, IDisposable
{
    /// <summary>A run, and a folder with one image twice and one that is broken.</summary>
    public sealed class Trained : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Trained()
        {
            Images = Made.Images(_folder["images"], 20, "cat", "dog");
            File.Copy(Path.Combine(Images, "cat", "0004.png"), Path.Combine(Images, "dog", "copy.png"));
            Made.File(Path.Combine(Images, "cat", "broken.png"), Made.Png()[..40]);
            Run = _folder["run"];
            var (code, _, error) = CommandLine.Run(["pretrain", "--data", Images, "--out", Run, .. CommandLine.Tiny]);
            Assert.True(code == 0, error);
        }

        public string Images { get; }

        public string Run { get; }

        public void Dispose() => _folder.Dispose();
    }

    private readonly TemporaryFolder _folder = new();
    private readonly string _run, _images;

    public EmbeddingVerbsTests(Trained trained) => (_run, _images) = (trained.Run, trained.Images);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x.npy")]
    [InlineData("x.csv")]
    [InlineData("new/x.parquet")]
    public void Embed_writes_every_readable_image_and_names_the_others(string file)
    {
        var (code, output, error) = CommandLine.Run("embed", _run, "--data", _images, "--out", _folder[file], "--batch-size", "8",
            "--precision", "float32");
        Assert.True(code == 0, error);
        string[] words = ["Embedded 21 images", "64 dimensions", "images/s", "1 could not be read and is left out", "cat/broken.png"];
        Assert.All(words, w => Assert.Contains(w, output));
        using var set = EmbeddingFile.Read(_folder[file]);
        Assert.Equal([21, 64], set.Values.shape);
        Assert.Equal("dog/copy.png", set.Images[^1].Name);
        Assert.Equal(10, set.Images.Count(i => i.Label == "cat"));
        TensorAssert.Close(set.Values[2], set.Values[20], 1e-5, "the copy");     // in a batch of six; the other was in one of eight
    }

    [Fact]
    public void Search_finds_the_copy_of_an_image_and_then_others()
    {
        var query = Path.Combine(_images, "cat", "0004.png");
        var (code, output, error) = CommandLine.Run(
            "search", _run, "--data", _images, "--query", query, "--top", "5", "--out", _folder["page.html"], "--json");
        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(output);
        var found = json.RootElement.GetProperty("neighbors").EnumerateArray()
            .Select(n => (Name: n.GetProperty("name").GetString(), Similarity: n.GetProperty("similarity").GetDouble())).ToList();
        Assert.Equal(5, found.Count);
        Assert.Equal("dog/copy.png", found[0].Name);
        Assert.Equal(1, found[0].Similarity, 1e-4);
        Assert.DoesNotContain("cat/0004.png", found.Select(f => f.Name));
        Assert.True(json.RootElement.GetProperty("seconds_at_a_million").GetDouble() > 0);
        var page = File.ReadAllText(_folder["page.html"]);
        Assert.Equal(1 + 1 + 5, page.Split("data:image/jpeg").Length);
        var picture = page.Split("data:image/jpeg;base64,")[1];
        Assert.Equal(16,
            ImageDecoder.Decode(Convert.FromBase64String(picture[..picture.IndexOf('"', StringComparison.Ordinal)]), "thumbnail").Width);
    }

    [Fact]
    public void Embeddings_from_a_file_give_what_computing_them_gives()
    {
        CommandLine.Run("embed", _run, "--data", _images, "--out", _folder["x.npy"], "--precision", "float32");
        var query = Path.Combine(_images, "dog", "0003.png");
        string[] search = ["search", _run, "--query", query, "--top", "21", "--precision", "float32", "--json"];
        var (computed, read) = (Found([.. search, "--data", _images]), Found([.. search, "--embeddings", _folder["x.npy"]]));
        Assert.Equal(read.OrderByDescending(f => f.Similarity), read);
        // By name: an image and its copy are equally near, and which comes first is a matter of rounding.
        Assert.Equal(computed.Order(), read.Order(), (a, b) => a.Name == b.Name && Math.Abs(a.Similarity - b.Similarity) < 1e-4);
        var (code, output, error) = CommandLine.Run(
            "duplicates", "--embeddings", _folder["x.npy"], "--data", _images, "--threshold", "0.99999", "--out", _folder["p.html"]);
        Assert.True(code == 0, error);
        Assert.Contains("21 images", output);

        static List<(string Name, double Similarity)> Found(string[] search) =>
            [.. JsonDocument.Parse(CommandLine.Run(search).Out).RootElement.GetProperty("neighbors").EnumerateArray()
                .Select(n => (n.GetProperty("name").GetString()!, n.GetProperty("similarity").GetDouble()))];
    }

    [Fact]
    public void Duplicates_finds_the_copy_and_says_what_it_costs()
    {
        var (code, output, error) = CommandLine.Run(
            "duplicates", _run, "--data", _images, "--threshold", "0.99999", "--outliers", "3", "--out", _folder["p.html"]);
        Assert.True(code == 0, error);
        string[] words = ["2 of them in 1 group ", "cat/0004.png", "dog/copy.png", "outlier", "Among a million images", "cat/broken.png"];
        Assert.All(words, w => Assert.Contains(w, output));
        Assert.Equal(1 + 2 + 3, File.ReadAllText(_folder["p.html"]).Split("data:image/jpeg").Length);
    }

    [Fact]
    public void Map_lays_every_image_on_one_page_with_its_picture()
    {
        var (code, output, error) = CommandLine.Run("map", _run, "--data", _images, "--out", _folder["map.html"]);
        Assert.True(code == 0, error);
        Assert.Contains("cat/broken.png", output);
        var page = File.ReadAllText(_folder["map.html"]);
        const string opening = "id=\"data\">";
        var from = page.IndexOf(opening, StringComparison.Ordinal) + opening.Length;
        using var json = JsonDocument.Parse(page[from..page.IndexOf("</script>", from, StringComparison.Ordinal)]);
        var map = json.RootElement.GetProperty("runs")[0].GetProperty("map");
        Assert.Equal(21, map.GetProperty("names").GetArrayLength());
        Assert.Equal(21, map.GetProperty("near").GetProperty("x").GetArrayLength());
        Assert.All(map.GetProperty("thumbnails").EnumerateArray(), t => Assert.Equal(16, ImageDecoder.Decode(t.GetBytesFromBase64(), "t").Width));
        var pair = map.GetProperty("duplicates")[0];
        Assert.Equal(["cat/0004.png", "dog/copy.png"], ((string[])["a", "b"])
            .Select(side => map.GetProperty("names")[pair.GetProperty(side).GetInt32()].GetString()).Order());
        Assert.Equal(2, map.GetProperty("classes").GetArrayLength());
    }

    [Fact]
    public void Mistakes_are_answered_in_one_line()
    {
        var query = Path.Combine(_images, "cat", "0004.png");
        CommandLine.Refuses(["embed", _run, "--data", _images, "--out", "x.txt"],
            "--out x.txt must be a file that ends in .npy or .csv or .parquet");
        CommandLine.Refuses(["embed", _run, "--data", _images, "--out", _folder["x.npy"], "--batch-size", "0"], "--batch-size 0");
        CommandLine.Refuses(["embed", _folder["none"], "--data", _images, "--out", _folder["x.npy"]], "does not exist");
        CommandLine.Refuses(["search", _run, "--data", _images, "--query", _folder["none.png"]], "--query", "does not exist");
        CommandLine.Refuses(["search", _run, "--data", _images, "--query", Path.Combine(_images, "cat", "broken.png")], "broken.png");
        CommandLine.Refuses(["search", _run, "--query", query], "Neither --data nor --embeddings");
        CommandLine.Refuses(["search", _run, "--data", _images, "--query", query, "--top", "0"], "--top 0");
        CommandLine.Refuses(["search", _run, "--embeddings", _folder["x.npy"], "--query", query], "do not exist");
        CommandLine.Refuses(["search", _run, "--embeddings", _folder["x.npy"], "--query", query, "--out", _folder["x.html"]],
            "give the images as --data too");
        CommandLine.Refuses(["duplicates", "--data", _images], "No encoder was given");
        CommandLine.Refuses(["map", "--data", _images, "--out", _folder["m.html"]], "No encoder was given");
        CommandLine.Refuses(["map", _run, "--data", _images, "--out", _folder["m.svg"]], "must be a file that ends in .html");
        CommandLine.Refuses(["duplicates", _run, "--data", _images, "--threshold", "1.5"], "--threshold 1.5");
        CommandLine.Refuses(["duplicates", _run, "--data", _images, "--out", "page.svg"], "must be a file that ends in .html");
    }

    [Fact]
    public void Embeddings_of_another_encoder_or_of_other_images_are_refused()
    {
        using (var writer = EmbeddingFile.Create(_folder["two.csv"], 2))
        {
            writer.Write([1, 0, 0, 1], [new("other.png", null), new("more.png", null)]);
            writer.Complete();
        }
        CommandLine.Refuses(["search", _run, "--embeddings", _folder["two.csv"], "--query", Path.Combine(_images, "cat", "0004.png")],
            "have 2 dimensions", "has 64");
        CommandLine.Refuses(["duplicates", "--embeddings", _folder["two.csv"], "--data", _images, "--out", _folder["p.html"]],
            "other.png is among the embeddings and not in");
    }
}
