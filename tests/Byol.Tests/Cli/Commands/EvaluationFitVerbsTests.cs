using System.Globalization;
using System.Text.Json;
using Byol.Data.Images;
using Byol.Embeddings;
using Byol.Tests.Images;

namespace Byol.Tests.Cli.Commands;

/// <summary>Long photographs through the verbs: a run whose evaluation sees whole images, and all that is made of it.</summary>
[Collection(CommandLine.Name)]
public sealed class EvaluationFitVerbsTests : IClassFixture<EvaluationFitVerbsTests.Trained>
{
    private static readonly string[] Fits = ["crop", "squash", "pad"];

    /// <summary>A run of each fit on photographs of 40 x 100, the first of them twice: once with a black end.</summary>
    public sealed class Trained : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Trained()
        {
            for (var i = 0; i < 17; i++)
                Made.File(Path.Combine(Images, $"{i:D2}.png"), ImageEncoder.Png(Photograph(Math.Max(0, i - 1), defect: i == 1)));
            foreach (var fit in Fits)
            {
                Succeeds(["pretrain", "--data", Images, "--out", Run(fit), .. CommandLine.Tiny, "--set", $"views.evaluation_fit={fit}"]);
                Succeeds(["export", Run(fit), "--out", this[$"{fit}.onnx"], "--data", Images]);
                Succeeds(["export", Run(fit), "--out", this[$"{fit}.pt"]]);
            }
        }

        public string Images => _folder["images"];

        public string Run(string fit) => _folder[fit];

        public string this[string name] => _folder[name];

        public void Dispose() => _folder.Dispose();

        private static Image8 Photograph(int number, bool defect)
        {
            var image = Pictures.Smooth(40, 100, 1 + number % 5);
            var pixels = image.Pixels.ToArray().Select(p => (byte)Math.Min(255, p + 3 * number)).ToArray();
            if (defect) pixels.AsSpan(85 * 40 * 3).Clear();
            return image with { Pixels = pixels };
        }
    }

    private readonly Trained _given;

    public EvaluationFitVerbsTests(Trained given) => _given = given;

    public static TheoryData<string> AllFits => [.. Fits];

    [Theory]
    [MemberData(nameof(AllFits))]
    public void A_defect_at_the_end_of_a_photograph_is_seen_where_all_of_it_is(string fit)
    {
        foreach (var encoder in (string[])[_given.Run(fit), _given[$"{fit}.onnx"]])
        {
            var (good, bad) = (Row(encoder, 0), Row(encoder, 1));
            Assert.Equal(fit == "crop", good.Zip(bad).All(p => Math.Abs(p.First - p.Second) < 1e-4 * good.Max()));
        }
        string[] search = ["search", _given.Run(fit), "--data", _given.Images, "--query", Path.Combine(_given.Images, "00.png"), "--json"];
        using var json = JsonDocument.Parse(Succeeds(search));
        var found = json.RootElement.GetProperty("neighbors").EnumerateArray()
            .Single(n => n.GetProperty("name").GetString()!.EndsWith("01.png", StringComparison.Ordinal));
        Assert.Equal(fit == "crop", found.GetProperty("similarity").GetDouble() > 0.999999);
    }

    // The file says how images are prepared, so that every runtime prepares them alike.
    [Theory]
    [MemberData(nameof(AllFits))]
    public void Every_file_of_an_encoder_gives_the_same_embeddings(string fit)
    {
        var ours = Embeddings(_given.Run(fit));
        foreach (var file in (string[])[$"{fit}.onnx", $"{fit}.pt"])
            Assert.All(ours.Zip(Embeddings(_given[file])), p => Assert.Equal(p.First, p.Second, 1e-4f));
        using var card = JsonDocument.Parse(File.ReadAllBytes(_given[$"{fit}.json"]));
        var preprocessing = card.RootElement.GetProperty("preprocessing");
        Assert.Equal(fit, preprocessing.GetProperty("evaluation_fit").GetString());
        Assert.Contains(fit == "crop" ? "nothing beyond it" : "sees the whole image", preprocessing.GetProperty("note").GetString());
    }

    [Theory]
    [MemberData(nameof(AllFits))]
    public void Python_prepares_photographs_as_byol_does(string fit)
    {
        const string python = "/usr/bin/python3";
        var works = File.Exists(python) && Programs.Run(python, "-c", "import torch, torchvision, PIL").Code == 0;
        Assert.SkipUnless(works, "No torchvision here: apt-get install python3-torchvision");
        var script = Path.Combine(Repository.Root, "samples", "python", "load.py");
        var (code, output, error) = Programs.Run(python, script, _given[$"{fit}.pt"], Path.Combine(_given.Images, "01.png"));
        Assert.True(code == 0, error);
        var printed = output[(output.IndexOf('[', StringComparison.Ordinal) + 1)..output.IndexOf(']', StringComparison.Ordinal)]
            .Split(',').Select(n => float.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        var ours = Row(_given.Run(fit), 1);
        Assert.All(printed.Zip(ours), p => Assert.Equal(p.First, p.Second, 0.02f * ours.Max()));     // Pillow rounds to bytes
    }

    [Fact]
    public void Embeddings_of_cropped_images_are_not_compared_with_those_of_whole_ones()
    {
        var path = _given["crop.npy"];
        Succeeds(["embed", _given["crop.pt"], "--data", _given.Images, "--out", path]);
        using var crop = EmbeddingFile.Read(path);
        Succeeds(["embed", _given["squash.pt"], "--data", _given.Images, "--out", _given["squash.npy"]]);
        using var squash = EmbeddingFile.Read(_given["squash.npy"]);
        Assert.Contains("16 px, center crop 1,", crop.Source!.DifferenceFrom(new(
            "x", squash.Source!.Description.With(crop.Source.Description.Weights))));
    }

    [Fact]
    public void Data_info_says_how_much_of_the_images_is_seen()
    {
        var info = Succeeds(["data", "info", _given.Images]);
        Assert.Contains("the longest is 1 : 2.5; the center square holds 40.0 % of the area", info);
        using var json = JsonDocument.Parse(Succeeds(["data", "info", _given.Images, "--json"]));
        Assert.Equal(0.4, json.RootElement.GetProperty("shapes").GetProperty("center_square").GetDouble(), 1e-9);
        Assert.DoesNotContain("shapes", Succeeds(["data", "info", "fashion-mnist-10k:validation"]));
    }

    [Fact]
    public void Preview_shows_turned_views_and_what_evaluation_sees()
    {
        string[] turning = ["--set", "views.evaluation_fit=pad", "--set", "views.quarter_turn_probability=1.0",
            "--set", "views.vertical_flip_probability=1.0"];
        string[] preview = ["preview", "--data", _given.Images, "--recipe", "quickstart", "--out", _given["sheet.png"], "--count", "8"];
        var said = Succeeds([.. preview, .. turning]);
        Assert.Contains("evaluation  crop 40x100 at (0,0), in 11x28 at (8,0) of the view", said);
        Assert.All((string[])["upside down", "turned 90°", "turned 180°", "turned 270°"], words => Assert.Contains(words, said));
    }

    [Fact]
    public void A_center_crop_of_whole_images_is_refused() => CommandLine.Refuses(
        ["pretrain", "--data", _given.Images, "--out", _given["none"], "--recipe", "imagenet-100", "--set", "views.evaluation_fit=squash"],
        "Evaluation crop 0.875", "use an evaluation crop of 1");

    [Fact]
    public void Tiles_are_embedded_pooled_and_searched_alike()
    {
        var (run, rows, query) = (_given.Run("crop"), _given["tiles.npy"], Path.Combine(_given.Images, "01.png"));
        Succeeds(["embed", run, "--data", _given.Images, "--tiles", "3", "--pool", "max", "--out", rows]);
        string[] search = ["search", run, "--embeddings", rows, "--query", query];
        CommandLine.Refuses(search, "images are prepared differently (16 px, 3 tiles by max,", "16 px, center crop 1,");
        CommandLine.Refuses([.. search, "--tiles", "3"], "3 tiles by mean");
        using var json = JsonDocument.Parse(Succeeds([.. search, "--tiles", "3", "--pool", "max", "--json"]));
        // Found again by an embedding that is the same; it is not a neighbor of itself.
        Assert.EndsWith("01.png", json.RootElement.GetProperty("left_out").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("embed --out rows.npy --pool max", "--pool needs --tiles")]
    [InlineData("embed --out rows.npy --tiles 0", "--tiles 0 must lie between 1 and 256")]
    [InlineData("duplicates --tiles 257", "--tiles 257 must lie between 1 and 256")]
    public void Tiles_that_make_no_sense_are_refused(string options, string words)
    {
        var typed = options.Split(' ');
        CommandLine.Refuses([typed[0], _given.Run("crop"), "--data", _given.Images, .. typed[1..]], words);
    }

    private float[] Row(string encoder, int image)
    {
        Embeddings(encoder);
        using var set = EmbeddingFile.Read(_given["rows.npy"]);
        return [.. TensorAssert.Floats(set.Values).Skip(image * set.Dimension).Take(set.Dimension)];
    }

    private float[] Embeddings(string encoder)
    {
        Succeeds(["embed", encoder, "--data", _given.Images, "--precision", "float32", "--out", _given["rows.npy"], "--force"]);
        using var set = EmbeddingFile.Read(_given["rows.npy"]);
        return [.. TensorAssert.Floats(set.Values)];
    }

    private static string Succeeds(IEnumerable<string> arguments)
    {
        var (code, output, error) = CommandLine.Run(arguments);
        Assert.True(code == 0, error);
        return output;
    }
}
