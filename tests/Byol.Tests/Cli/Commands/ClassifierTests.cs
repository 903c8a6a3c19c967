using System.Text.Json;
using Byol.Cli.Evaluations;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Evaluation.Classification;
using Byol.OnnxRuntime;

namespace Byol.Tests.Cli.Commands;

/// <summary>byol classifier and byol predict: from an encoder and labeled images to a table of what other images are.</summary>
[Collection(CommandLine.Name)]
public sealed class ClassifierTests : IClassFixture<ClassifierTests.Trained>, IDisposable
{
    /// <summary>A run, labeled images that can be told apart, and a classifier.</summary>
    public sealed class Trained : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Trained()
        {
            var patterns = new PatternImages(80);
            for (var i = 0; i < patterns.Count; i++)
            {
                Made.File(Path.Combine(Images, patterns.Classes[patterns.Label(i)!.Value], $"{i:D3}.png"),
                    ImageEncoder.Png(patterns.Read(i)));
            }
            var (code, _, error) = CommandLine.Run(["pretrain", "--data", Images, "--out", Run, .. CommandLine.Tiny]);
            Assert.True(code == 0, error);
            (code, Output, error) = CommandLine.Run("classifier", Run, "--train", Images, "--out", Onnx);
            Assert.True(code == 0, error);
        }

        public string Images => _folder["images"];

        public string Run => _folder["run"];

        public string Onnx => _folder["parts.onnx"];

        public string Output { get; } = "";

        public void Dispose() => _folder.Dispose();
    }

    private readonly TemporaryFolder _folder = new();
    private readonly Trained _given;

    public ClassifierTests(Trained given) => _given = given;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_classifier_says_what_it_is_worth()
    {
        string[] words =
        [
            "2 classes of ", "parts.json", "probabilities differ by", "accuracy", "95 % interval", "balanced", "calibration", "temperature",
            "novelty", "1 % of known images", "across", "down", "recall",
        ];
        Assert.All(words, w => Assert.Contains(w, _given.Output, StringComparison.Ordinal));
        using var card = JsonDocument.Parse(File.ReadAllBytes(Path.ChangeExtension(_given.Onnx, ".json")));
        Assert.Equal("[\"across\",\"down\"]", card.RootElement.GetProperty("classes").GetRawText().ReplaceLineEndings("").Replace(" ", ""));
        Assert.Equal(80, card.RootElement.GetProperty("cross_validated").GetProperty("images").GetInt32());
        Assert.Equal(["probabilities", "label", "novelty", "embedding"],
            card.RootElement.GetProperty("outputs").EnumerateArray().Select(o => o.GetProperty("name").GetString()));
    }

    [Fact]
    public void Fine_tuning_takes_the_epochs_that_are_asked_for()
    {
        var (code, output, error) = CommandLine.Run("classifier", _given.Run, "--train", _given.Images, "--out", _folder["f.onnx"],
            "--finetune", "--epochs", "2", "--folds", "2", "--json");
        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(80, json.RootElement.GetProperty("images").GetInt32());
        Assert.InRange(json.RootElement.GetProperty("parity").GetProperty("probability").GetDouble(), 0, 1e-4);
    }

    [Fact]
    public void A_classifier_is_shown_in_use()
    {
        var images = Byol.Data.Datasets.Images.Open(_given.Images);
        var shown = new ClassifierInUse(
            Path.Combine(_given.Run, "encoder.safetensors"), images, images.Part("others", 0, 3), _folder["c.onnx"]);
        var lines = shown.Text().Split('\n');
        Assert.Contains(lines, l => l.StartsWith("A classifier of 80 labeled images: ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains(_folder["c.onnx"], StringComparison.Ordinal));
        using var classifier = OnnxClassifier.Open(_folder["c.onnx"]);
        classifier.Predict(images.Part("others", 0, 3), (i, p) => Assert.Contains(lines, l =>
            l.Contains(images.ItemName(i), StringComparison.Ordinal) && l.Contains($" {p.Label} ", StringComparison.Ordinal)),
            cancellation: TestContext.Current.CancellationToken);
        Assert.Contains("\"accuracy\"", JsonSerializer.Serialize(shown.Result, Output.Options), StringComparison.Ordinal);
    }

    [Fact]
    public void Large_images_are_seen_in_tiles_where_that_is_asked_for()
    {
        string[] classifier = ["classifier", _given.Run, "--train", _given.Images, "--out", _folder["t.onnx"]];
        var (code, _, error) = CommandLine.Run([.. classifier, "--tiles", "4", "--pool", "max"]);
        Assert.True(code == 0, error);
        Assert.Contains("\"tiles\": 4", File.ReadAllText(_folder["t.json"]), StringComparison.Ordinal);
        (code, var output, error) = CommandLine.Run("predict", _folder["t.onnx"], "--data", _given.Images, "--out", _folder["p.csv"]);
        Assert.True(code == 0, error);
        Assert.Contains("Predicted 80 images", output, StringComparison.Ordinal);
        classifier[^1] = _folder["u.onnx"];
        CommandLine.Refuses([.. classifier, "--tiles", "0"], "--tiles 0 must lie between");
        CommandLine.Refuses([.. classifier, "--pool", "max"], "--pool needs --tiles");
        CommandLine.Refuses([.. classifier, "--tiles", "4", "--finetune"], "Fine-tuning trains on whole images");
    }

    [Theory]
    [InlineData("p.csv")]
    [InlineData("new/p.parquet")]
    [InlineData("p.html")]
    public void Predict_writes_every_readable_image_and_names_the_others(string file)
    {
        var photos = _folder["photos"];
        var pattern = new PatternImages(4, seed: 3);
        for (var i = 0; i < 4; i++) Made.File(Path.Combine(photos, $"{i}.png"), ImageEncoder.Png(pattern.Read(i)));
        Made.File(Path.Combine(photos, "noise <b> & \"q\".png"), Made.Png(16, 5));
        Made.File(Path.Combine(photos, "broken.png"), Made.Png()[..40]);
        string[] predict = ["predict", _given.Onnx, "--data", photos, "--out", _folder[file]];
        var (code, output, error) = CommandLine.Run(predict);
        Assert.True(code == 0, error);
        string[] words = ["Predicted 5 images", "images/s", "unlike known", "1 could not be read and is left out", "broken.png", "all"];
        Assert.All(words, w => Assert.Contains(w, output, StringComparison.Ordinal));

        CommandLine.Refuses(predict, "exists", "--force");
        (code, output, error) = CommandLine.Run([.. predict, "--force", "--json"]);
        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(output);
        var classes = json.RootElement.GetProperty("classes").EnumerateArray().ToList();
        Assert.Equal(5, classes.Sum(c => c.GetProperty("images").GetInt32()));
        using var library = OnnxClassifier.Open(_given.Onnx);
        string[] files = [.. Directory.GetFiles(photos).Where(f => !f.EndsWith("broken.png", StringComparison.Ordinal))];
        var expected = files.Select(f => (Name: Path.GetFileName(f), Prediction: library.Predict(f))).ToList();
        Assert.Equal(expected.Count(e => e.Prediction.Doubt == Doubt.Novel), classes.Sum(c => c.GetProperty("novel").GetInt32()));
        Assert.Equal(expected.Count(e => e.Prediction.Doubt == Doubt.Unsure), classes.Sum(c => c.GetProperty("unsure").GetInt32()));
        Assert.Equal("broken.png", json.RootElement.GetProperty("unreadable")[0].GetProperty("name").GetString());
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.tmp", SearchOption.AllDirectories));
        if (file.EndsWith("csv", StringComparison.Ordinal)) Assert.Equal(6, File.ReadAllLines(_folder[file]).Length);
        if (!file.EndsWith("html", StringComparison.Ordinal)) return;
        var page = File.ReadAllText(_folder[file]);
        Assert.Equal(1 + 5, page.Split("data:image/jpeg").Length);
        Assert.DoesNotContain("<b> &", page, StringComparison.Ordinal);
        var doubtful = expected.OrderByDescending(e => e.Prediction.Doubt).ThenByDescending(e => e.Prediction.NoveltyAbove ?? 0)
            .ThenBy(e => e.Prediction.Probability).Select(e => System.Net.WebUtility.HtmlEncode(e.Name)).ToList();
        var places = doubtful.Select(name => page.IndexOf($"alt=\"{name}\"", StringComparison.Ordinal)).ToList();
        Assert.All(places, p => Assert.True(p > 0));
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public void Mistakes_are_answered_in_one_line_and_leave_nothing()
    {
        string[] classifier = ["classifier", _given.Run, "--train", _given.Images, "--out", _folder["x.onnx"]];
        CommandLine.Refuses([.. classifier[..^1], _folder["x.bin"]], "must be a file that ends in .onnx");
        CommandLine.Refuses([.. classifier[..^1], _given.Onnx], "exists", "--force");
        CommandLine.Refuses([.. classifier, "--folds", "1"], "Folds of 1");
        CommandLine.Refuses([.. classifier, "--epochs", "3"], "--epochs 3 goes with --finetune");
        CommandLine.Refuses(["classifier", _folder["none"], .. classifier[2..]], "does not exist");
        Made.File(_folder["one/a/0.png"], Made.Png());
        Made.File(_folder["one/b/0.png"], Made.Png());
        Made.File(_folder["one/b/1.png"], Made.Png(16, 2));
        string[] onOthers = ["classifier", _given.Run, "--out", _folder["x.onnx"], "--train"];
        CommandLine.Refuses([.. onOthers, _folder["one"]], "Class a of", "has one image");
        CommandLine.Refuses([.. onOthers, _folder["one/b"]], "no labels");

        string[] predict = ["predict", _given.Onnx, "--data", _given.Images, "--out", _folder["p.csv"]];
        CommandLine.Refuses([.. predict[..^1], _folder["p.txt"]], "must be a file that ends in .csv or .parquet or .html");
        CommandLine.Refuses(["predict", _folder["none.onnx"], .. predict[2..]], "does not exist");
        Made.File(_folder["bad.onnx"], [1, 2, 3]);
        CommandLine.Refuses(["predict", _folder["bad.onnx"], .. predict[2..]], "is not a model that ONNX Runtime reads");
        CommandLine.Run("export", _given.Run, "--out", _folder["encoder.onnx"], "--data", _given.Images);
        CommandLine.Refuses(["predict", _folder["encoder.onnx"], .. predict[2..]], "is not a classifier", "byol classifier");
        Made.File(_folder["broken/x.png"], [1, 2, 3]);
        var (code, output, error) = CommandLine.Run("predict", _given.Onnx, "--data", _folder["broken"], "--out", _folder["p.csv"]);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("No image of", error, StringComparison.Ordinal);
        Assert.Contains("x.png", error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["x.onnx"]) || File.Exists(_folder["p.csv"]) || File.Exists(_folder["p.csv.tmp"]));
    }
}
