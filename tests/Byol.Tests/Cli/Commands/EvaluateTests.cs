using System.Text.Json;
using System.Xml.Linq;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Export;
using Byol.Models;
using Byol.Models.ResNet;
using static TorchSharp.torch;

namespace Byol.Tests.Cli.Commands;

/// <summary>byol evaluate: every protocol on forty striped images, and every mistake.</summary>
[Collection(CommandLine.Name)]
public sealed class EvaluateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _encoder, _train, _test;

    public EvaluateTests()
    {
        using var weights = new WeightSource(1, CPU);
        using var encoder = new ResNet(new ResNetOptions { Depth = 18, Width = 1.0 / 16, Stem = Stem.SmallStride2 }, weights);
        var views = new ViewOptions();
        _encoder = _folder["encoder.safetensors"];
        using (var stream = File.Create(_encoder))
            EncoderWriter.Write(stream, encoder, encoder.Described(new Preprocessing(8, 1, views.Mean.ToArray(), views.StandardDeviation.ToArray())));
        (_train, _test) = (Striped("train", 40, 1), Striped("test", 20, 2));
    }

    public void Dispose() => _folder.Dispose();

    // 24 pictures of noise, one of them there twice: each classified once, the pair in one fold.
    [Theory]
    [InlineData("knn")]
    [InlineData("linear")]
    public void Without_a_test_set_images_are_classified_in_folds(string protocol)
    {
        var images = Made.Images(_folder["folds"], 24, "a", "b");
        File.Copy(Path.Combine(images, "a", "0002.png"), Path.Combine(images, "a", "twin.png"));
        string[] command = ["evaluate", _encoder, "--train", images, "--protocol", protocol, "--labels", "3-per-class,all", "--repeats", "2"];
        var (code, output, error) = CommandLine.Run([.. command, "--json", "--baselines"]);
        Assert.True(code == 0, error);
        Assert.Contains("25 images of " + images + " in 5 folds; 1 of them are near-duplicates", error, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(output);
        Assert.Equal((5, 24), (json.RootElement.GetProperty("folds").GetInt32(), json.RootElement.GetProperty("groups").GetInt32()));
        Assert.All(json.RootElement.GetProperty("rows").EnumerateArray(), row => Assert.Equal(
            25 * row.GetProperty("draws").GetArrayLength(),
            row.GetProperty("confusion").EnumerateArray().SelectMany(r => r.EnumerateArray()).Sum(c => c.GetInt32())));
        Assert.Equal(output, CommandLine.Run([.. command, "--json", "--baselines"]).Out);
        Assert.Contains("each classified by what is learned from the other 4 of 5 folds", CommandLine.Run(command).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_that_folds_cannot_hold_is_refused()
    {
        var images = Made.Images(_folder["few"], 10, "a", "b");
        Made.File(Path.Combine(images, "c", "only.png"), Made.Png(16, 77));
        CommandLine.Refuses(["evaluate", _encoder, "--train", images], "Class c of", "has 1 image", "give test images");
        CommandLine.Refuses(["evaluate", _encoder, "--train", Made.Images(_folder["tiny"], 4, "a", "b")], "4 groups of images", "5 folds");
    }

    [Theory]
    [InlineData("knn --k 5", "raw pixels", "PCA of pixels", "random encoder", "BYOL encoder")]
    [InlineData("linear", "raw pixels", "PCA of pixels", "random encoder", "BYOL encoder")]
    [InlineData("linear-sgd --epochs 2", "raw pixels, linear probe", "random encoder", "BYOL encoder")]
    [InlineData("finetune --epochs 1", "raw pixels, linear probe", "supervised from scratch", "BYOL encoder, fine-tuned")]
    [InlineData("supervised --epochs 1 --learning-rate 0.05", "raw pixels, linear probe", "supervised from scratch")]
    public void Every_protocol_has_its_rows(string protocol, params string[] features)
    {
        var before = File.ReadAllBytes(_encoder);
        using var json = Json("--protocol " + protocol + " --baselines --labels 5-per-class,all --repeats 2");
        var rows = json.RootElement.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(features.SelectMany(f => new[] { (f, "5 per class", 10), (f, "all", 40) }),
            rows.Select(r => (Text(r, "features"), Text(r, "labels"), r.GetProperty("labeled").GetInt32())));
        Assert.All(rows, r =>
        {
            var draws = r.GetProperty("draws").EnumerateArray().Select(d => d.GetDouble()).ToList();
            Assert.Equal(draws.Average(), r.GetProperty("accuracy").GetDouble(), 1e-12);
            Assert.Equal(draws.Count == 1 ? JsonValueKind.Null : JsonValueKind.Number, r.GetProperty("accuracy_std").ValueKind);
            var counts = r.GetProperty("confusion").EnumerateArray().SelectMany(row => row.EnumerateArray().Select(c => c.GetInt32()));
            Assert.Equal(20 * draws.Count, counts.Sum());
            Assert.Equal(JsonValueKind.Null, r.GetProperty("top5").ValueKind);
        });
        Assert.Equal(protocol.Split(' ')[0], json.RootElement.GetProperty("protocol").GetString());
        Assert.Equal(before, File.ReadAllBytes(_encoder));

        static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
    }

    [Fact]
    public void An_ONNX_file_scores_as_what_it_was_exported_from()
    {
        var onnx = _folder["encoder.onnx"];
        var (code, _, error) = CommandLine.Run("export", _encoder, "--out", onnx);
        Assert.True(code == 0, error);
        string[] rest = Arguments("--json --protocol linear --labels 5-per-class,all --precision float32")[2..];
        var rows = ((string[])[_encoder, onnx]).Select(e => CommandLine.Run(["evaluate", e, .. rest]))
            .Select(r => JsonDocument.Parse(r.Out).RootElement.GetProperty("rows").GetRawText());
        Assert.Single(rows.Distinct());
        string[] Diagnosed(string encoder) =>
            [.. CommandLine.Run("diagnose", encoder, "--data", _test, "--precision", "float32").Out.Split(' ')];
        Assert.Equal(Diagnosed(_encoder), Diagnosed(onnx));
        CommandLine.Refuses(["evaluate", onnx, .. Arguments("--protocol finetune --epochs 1")[2..]], "can be run and not trained");
    }

    [Theory]
    [InlineData("random", "knn --k 5", "random encoder", 32)]
    [InlineData("random", "linear", "random encoder", 32)]
    [InlineData("random", "linear-sgd --epochs 1", "random encoder", 32)]
    [InlineData("random", "finetune --epochs 1", "random encoder, fine-tuned", 32)]
    [InlineData("random", "supervised --epochs 1", "supervised from scratch", 32)]
    [InlineData("raw-pixels", "knn --k 5", "raw pixels", 16 * 16 * 3)]
    [InlineData("raw-pixels", "linear", "raw pixels", 16 * 16 * 3)]
    [InlineData("pca", "linear", "PCA of pixels", 32)]
    public void What_needs_no_training_is_scored_by_its_name(string name, string protocol, string features, int dimension)
    {
        var recipe = Made.File(_folder["tiny.toml"], Made.Text("[encoder]\ndepth = 18\nwidth = 0.0625\n[views]\nimage_size = 16\n"));
        string[] arguments = ["evaluate", name, .. Arguments("--json --protocol " + protocol)[2..], "--recipe", recipe];
        var (code, output, error) = CommandLine.Run(arguments);
        Assert.True(code == 0, error);
        var row = Assert.Single(JsonDocument.Parse(output).RootElement.GetProperty("rows").EnumerateArray());
        Assert.Equal((features, dimension), (row.GetProperty("features").GetString(), row.GetProperty("dimension").GetInt32()));
    }

    // The images are 16 px: smaller than the default recipe's views, so they are taken as they are.
    [Fact]
    public void Without_a_recipe_small_images_are_taken_as_they_are_and_no_baseline_stands_twice()
    {
        var (code, output, error) = CommandLine.Run(["evaluate", "raw-pixels", .. Arguments("--baselines")[2..], "--json"]);
        Assert.True(code == 0, error);
        var rows = JsonDocument.Parse(output).RootElement.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(["PCA of pixels", "random encoder", "raw pixels"], rows.Select(r => r.GetProperty("features").GetString()));
        Assert.Equal(16 * 16 * 3, rows[^1].GetProperty("dimension").GetInt32());
    }

    [Fact]
    public void Names_and_recipes_that_do_not_fit_are_answered_in_one_line()
    {
        CommandLine.Refuses(["evaluate", "raw-pixels", .. Arguments("--protocol finetune")[2..]],
            "raw-pixels has no weights", "use knn or linear");
        CommandLine.Refuses(["evaluate", "pca", .. Arguments("--protocol linear-sgd")[2..]], "pca has no weights");
        CommandLine.Refuses(["evaluate", "rondom", .. Arguments("")[2..]], "Encoder rondom is neither a file nor a run", "did you mean random?");
        CommandLine.Refuses(["evaluate", "random", .. Arguments("--recipe cifar")[2..]], "Recipe cifar is not known");
        CommandLine.Refuses(Arguments("--recipe cifar10"), "--recipe cifar10 does not go with");
    }

    [Fact]
    public void Few_classes_are_shown_one_by_one_and_the_picture_is_drawn()
    {
        var picture = _folder["new/confusion.svg"];
        var (code, output, error) = Run($"--protocol linear --labels 5-per-class --repeats 3 --confusion {picture}");
        Assert.True(code == 0, error);
        string[] words = ["5 per class (10)", "±", "recall", "precision", "across", "sum of 3 draws"];
        Assert.All(words, w => Assert.Contains(w, output));
        Assert.Contains("taken for", XDocument.Load(picture).ToString());
        Assert.EndsWith($"Wrote {picture}\n", output, StringComparison.Ordinal);
        output = output.Replace($"Wrote {picture}\n", "", StringComparison.Ordinal);
        Assert.Equal(output, Run("--protocol linear --labels 5-per-class --repeats 3").Out);
        Assert.NotEqual(output, Run("--protocol linear --labels 5-per-class --repeats 3 --seed 2").Out);
    }

    [Fact]
    public void A_report_shows_the_confusion_and_every_image_under_right_or_wrong()
    {
        var page = _folder["report.html"];
        var (code, _, error) = CommandLine.Run("evaluate", _encoder, "--train", _train, "--test", _test, "--out", page);
        Assert.True(code == 0, error);
        var text = File.ReadAllText(page);
        Assert.Contains("<svg", text, StringComparison.Ordinal);
        Assert.Contains("taken for", text, StringComparison.Ordinal);
        var counts = System.Text.RegularExpressions.Regex.Matches(text, @"(\d+) of 20 images");
        Assert.Equal(20, counts.Sum(m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)));
        CommandLine.Refuses(["evaluate", _encoder, "--train", _train, "--out", _folder["r.svg"]], "must be a file that ends in .html");
    }

    [Fact]
    public void Amounts_may_have_spaces_after_the_comma()
    {
        var (code, output, error) = Run("--protocol linear --labels 10%, 50%");
        Assert.True(code == 0, error);
        Assert.All((string[])["10 % (4)", "50 % (20)"], w => Assert.Contains(w, output));
    }

    [Fact]
    public void Neighbors_are_chosen_by_the_smallest_class_where_none_were_asked_for()
    {
        using var json = Json("--labels 5-per-class,all,4-per-class");
        Assert.Equal([5, 20, 1], json.RootElement.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("neighbors").GetInt32()));
        var table = Run("--labels 5-per-class,all").Out;
        Assert.Contains("kNN (k by the smallest class, T = 0.1)", table);
        Assert.Matches(@"5 per class \(10\) +5 ", table);
        Assert.Matches(@" all \(40\) +20 ", table);
        Assert.Contains("kNN (k = 3, T = 0.1)", Run("--k 3").Out);
    }

    [Fact]
    public void Every_table_says_what_guessing_has_and_what_the_number_of_images_leaves_open()
    {
        foreach (var protocol in (string[])["knn", "linear"])
        {
            using var json = Json($"--protocol {protocol}");
            var (root, row) = (json.RootElement, json.RootElement.GetProperty("rows")[0]);
            Assert.Equal((0.5, 0.5, "across"),
                (Number(root, "chance"), Number(root, "majority_share"), root.GetProperty("majority_class").GetString()));
            Assert.InRange(Number(row, "accuracy"), Number(row, "low"), Number(row, "high"));
            var table = Run($"--protocol {protocol}").Out;
            Assert.Contains("Guessing one of 2 classes has 50.0 %, always \"across\" 50.0 %. The interval is what 20 images leave", table);
            Assert.Contains(FormattableString.Invariant($"{100 * Number(row, "low"):F1} to {100 * Number(row, "high"):F1}"), table);
        }

        static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();
    }

    [Fact]
    public void The_same_images_on_both_sides_are_warned_of()
    {
        const string warning = "is both learned from and classified";
        var (code, _, error) = CommandLine.Run("evaluate", "raw-pixels", "--train", _train, "--test", _train, "--k", "1");
        Assert.Equal(0, code);
        Assert.Contains(warning, error, StringComparison.Ordinal);
        Assert.DoesNotContain(warning, Run("--k 1").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_that_are_on_both_sides_are_counted_once_for_a_table()
    {
        foreach (var name in (string[])["00.png", "02.png"])
            File.Copy(Path.Combine(_train, "across", name), Path.Combine(_test, "across", $"copy-{name}"));
        foreach (var protocol in (string[])["knn", "linear"])
        {
            var warned = Run($"--protocol {protocol} --baselines").Error.Split('\n')
                .Where(l => l.Contains("pixel for pixel", StringComparison.Ordinal));
            Assert.Contains($"2 of 22 images of {_test} are among those of {_train}", Assert.Single(warned));
        }
    }

    // Of one tile and of several: other features, and rows all the same.
    [Fact]
    public void Frozen_features_may_be_of_tiles_and_what_is_trained_may_not()
    {
        using var whole = Json("--labels all --baselines");
        using var tiled = Json("--labels all --baselines --tiles 4 --pool max");
        string[] Confusions(JsonDocument json) =>
            [.. json.RootElement.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("confusion").GetRawText())];
        Assert.Equal(4, Confusions(tiled).Length);
        Assert.Equal(Confusions(whole)[..2], Confusions(tiled)[..2]);        // the pixels' rows are of whole images
        Assert.NotEqual(Confusions(whole)[2..], Confusions(tiled)[2..]);
        CommandLine.Refuses(Arguments("--protocol finetune --epochs 1 --tiles 4"), "--tiles does not go with --protocol finetune");
    }

    // A tar says numbers only: here the last class of the training images has no test image.
    [Fact]
    public void Numbered_classes_may_end_early_in_one_of_the_two()
    {
        var train = Made.File(_folder["train.tar"], Tar(0, 1, 2, 0, 1, 2));
        var test = Made.File(_folder["test.tar"], Tar(0, 1, 0));
        var (code, output, error) = CommandLine.Run("evaluate", _encoder, "--train", train, "--test", test, "--k", "1");
        Assert.True(code == 0, error);
        Assert.Contains("accuracy", output);
    }

    [Theory]
    [InlineData("--protocol liner", "Protocol liner is not known; did you mean linear?")]
    [InlineData("--protocol magic", "known are knn, linear, linear-sgd, finetune, supervised.")]
    [InlineData("--k 41", "k of 41 must lie between 1 and the 40 labeled images")]
    [InlineData("--k 11 --labels all,5-per-class", "k of 11 must lie between 1 and the 10 labeled images")]
    [InlineData("--protocol linear --k 5", "--k does not go with --protocol linear")]
    [InlineData("--protocol linear --epochs 5", "--epochs does not go with --protocol linear")]
    [InlineData("--labels 21-per-class", "which has 20 in", "use --labels 20-per-class or less, or all")]
    [InlineData("--labels 1%", "fewer than the 2 classes")]
    [InlineData("--labels many", "Labels many are not an amount")]
    [InlineData("--repeats 0", "--repeats 0 must lie between 1 and 1000")]
    [InlineData("--protocol finetune --epochs 0", "Epochs of 0 must be at least 1")]
    [InlineData("--protocol finetune --batch-size 1", "Batch size 1 must be at least 2")]
    [InlineData("--protocol finetune --head-learning-rate -1", "Learning rate -1 of the head")]
    [InlineData("--protocol finetune --weight-decay 1", "Weight decay 1 must be")]
    [InlineData("--protocol linear-sgd --epochs 0", "Epochs of 0 must be at least 1")]
    [InlineData("--confusion picture.png", "must be a file that ends in .svg")]
    public void Mistakes_are_answered_in_one_line(string options, params string[] words) => CommandLine.Refuses(Arguments(options), words);

    [Fact]
    public void Data_that_cannot_be_scored_is_answered_in_one_line()
    {
        var plain = Made.Images(_folder["plain"], 4);
        var one = Made.Images(_folder["one"], 4, "across");
        var others = Made.Images(_folder["others"], 4, "across", "askew");
        CommandLine.Refuses(["evaluate", _encoder, "--train", plain, "--test", _test], "plain has no labels");
        CommandLine.Refuses(["evaluate", _encoder, "--train", _train, "--test", plain], "plain has no labels");
        CommandLine.Refuses(["evaluate", _encoder, "--train", one, "--test", one], "are across; a classifier needs at least two classes");
        CommandLine.Refuses(["evaluate", _encoder, "--train", _train, "--test", others],
            "across, down", "across, askew", "both must have the same");
    }

    private string[] Arguments(string options) =>
        ["evaluate", _encoder, "--train", _train, "--test", _test,
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private (int Code, string Out, string Error) Run(string options) => CommandLine.Run(Arguments(options));

    private JsonDocument Json(string options)
    {
        var (code, output, error) = Run(options + " --json");
        Assert.True(code == 0, error);
        Assert.Single(output.TrimEnd().Split('\n'));
        return JsonDocument.Parse(output);
    }

    private string Striped(string name, int count, int seed)
    {
        var images = new PatternImages(count, seed: seed);
        for (var i = 0; i < count; i++)
            Made.File(_folder[$"{name}/{images.Classes[i % 2]}/{i:D2}.png"], ImageEncoder.Png(images.Read(i)));
        return _folder[name];
    }

    private static byte[] Tar(params int[] labels) =>
        Made.Tar([.. labels.SelectMany((label, i) => new[] { ($"{i}.png", Made.Png(16, i)), ($"{i}.cls", Made.Text($"{label}")) })]);
}
