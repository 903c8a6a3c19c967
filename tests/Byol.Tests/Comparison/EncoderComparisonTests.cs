using Byol.Comparison;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Encoders;
using Byol.Export;
using Byol.Models;
using Byol.Runs;
using Byol.Tests.Training;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.Comparison;

/// <summary>Whole comparisons of a tiny encoder on sixty-four pictures whose color is their class.</summary>
public sealed class EncoderComparisonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Recipe _recipe = TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { Epochs = 1 } };

    public EncoderComparisonTests() => Write(_recipe, seed: 5, new ImageOptions());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_comparison_ends_with_what_to_use_and_is_not_done_twice()
    {
        var said = new List<string>();
        var report = Compare("c", Plan(), say: said.Add);
        Assert.Equal(["raw pixels", "random encoder", "frozen", "continued BYOL", "BYOL from random weights"],
            report.Rows.Select(r => r.Option).Distinct());
        Assert.Equal([("kNN", "2 per class"), ("kNN", "all"), ("linear", "2 per class"), ("linear", "all")],
            report.Rows.Take(4).Select(r => (r.Protocol, r.Labels)));
        Assert.All(report.Rows, r => Assert.Equal(r.Labels == "all" ? 1 : 3, r.Accuracy.Count));
        Assert.All(report.Rows.Where(r => r.Option == "raw pixels" && r.Labels == "all"), r => Assert.Equal(1, r.Accuracy[0]));

        // Nothing can be better than right every time.
        Assert.False(report.IsTrained);
        Assert.StartsWith($"Nothing beats {report.Beaten} on these images; do not pretrain, use {report.Beaten}.", report.Verdict,
            StringComparison.Ordinal);
        Assert.Contains(report.Notes, n => n.StartsWith("100 labels a class are not compared: class ", StringComparison.Ordinal));
        Assert.Contains(report.Notes,
            n => n.StartsWith("64 of 64 images that are classified are among those to pretrain on", StringComparison.Ordinal));
        Assert.Contains(said, s => s.Contains("each classified by the other 4 of 5 folds", StringComparison.Ordinal));
        Assert.Equal(report.Markdown(), File.ReadAllText(_folder["c/report.md"]));
        Assert.Contains("</svg>", File.ReadAllText(_folder["c/report.svg"]), StringComparison.Ordinal);

        var again = Compare("c", Plan(), (_, _) => throw new InvalidOperationException("It is trained."));
        Assert.Equal(report.Markdown(), again.Markdown());
    }

    [Fact]
    public void An_interrupted_comparison_resumes_to_the_same_scores()
    {
        var whole = Compare("whole", Plan());
        foreach (var stopped in (string[])["continued", "from-random"])
        {
            Assert.Throws<OperationCanceledException>(() => Compare("parts", Plan(),
                (run, stop) => !run.Folder.EndsWith(stopped, StringComparison.Ordinal) && run.Train(cancellation: stop).Finished));
        }
        var resumed = Compare("parts", Plan());
        Assert.Equal(whole.Rows.Select(r => string.Join(' ', r.Accuracy)), resumed.Rows.Select(r => string.Join(' ', r.Accuracy)));
    }

    [Fact]
    public void A_folder_is_bound_to_its_images_and_settings()
    {
        Assert.ThrowsAny<OperationCanceledException>(() => Stop(Plan()));
        Assert.Contains("3 draws", Assert.Throws<RunDirectoryException>(() => Stop(Plan(draws: 4))).Message, StringComparison.Ordinal);
        Assert.Contains("labeled images: ", Assert.Throws<RunDirectoryException>(() => Stop(Plan(train: _ => new Colored(64, 2)))).Message,
            StringComparison.Ordinal);
        Assert.Contains("images to pretrain on: ", Assert.Throws<RunDirectoryException>(
            () => Stop(Plan(data: _ => new Colored(65, 1)))).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder["other"]);
        File.WriteAllText(_folder["other/notes.txt"], "mine");
        Assert.Throws<RunDirectoryException>(() => Compare("other", Plan()));

        void Stop(ComparisonPlan plan) => Compare("c", plan, (_, _) => false);
    }

    [Fact]
    public void More_time_may_be_given_to_what_has_begun()
    {
        var report = Compare("c", Plan());
        var again = Compare("c", Plan(minutes: 10), (_, _) => throw new InvalidOperationException("It is trained."));
        Assert.Equal(report.Markdown(), again.Markdown());
    }

    [Theory]
    [InlineData(1, 40, "1 step (0.25 epochs) are too few to continue an encoder: the recipe has 12; train longer. Compare with a larger budget.")]
    [InlineData(1, 400, "and the same comparison trains it again.")]
    [InlineData(12, 40, null)]
    public void What_was_trained_too_briefly_is_said(int steps, int left, string? words)
    {
        var recipe = _recipe with { Training = _recipe.Training with { Epochs = 12, MaxSteps = steps } };
        var data = new Colored(64, 1);
        using (var initial = Frozen())
        using (var run = PretrainingRun.Start(_folder["run"], recipe, data, initial)) run.Train(_ => { });
        // As if time had ended it.
        var timed = recipe.Training with { MaxSteps = 48, Budget = TimeSpan.FromMinutes(1) };
        File.WriteAllText(_folder["run/recipe.toml"], RecipeFile.Format(recipe with { Training = timed }));
        var note = ComparisonNotes.TooShort("continued", _folder["run"], data.Count, TimeSpan.FromSeconds(left));
        if (words is null) Assert.Null(note);
        else Assert.EndsWith(words, note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_is_removed_is_trained_again()
    {
        var report = Compare("c", Plan());
        Directory.Delete(_folder["c/continued"], recursive: true);
        var trained = new List<string>();
        var again = Compare("c", Plan(), (run, stop) =>
        {
            trained.Add(Path.GetFileName(run.Folder));
            return run.Train(cancellation: stop).Finished;
        });
        Assert.Equal(["continued"], trained);
        Assert.Equal(report.Rows.Select(r => (r.Option, string.Join(' ', r.Accuracy))).Order(),
            again.Rows.Select(r => (r.Option, string.Join(' ', r.Accuracy))).Order());
    }

    [Fact]
    public void A_folder_is_bound_to_the_weights_of_the_encoder_that_is_there()
    {
        Assert.ThrowsAny<OperationCanceledException>(() => Compare("c", Plan(), (_, _) => false));
        Write(_recipe, seed: 6, new ImageOptions());
        Assert.Contains("pretrained: frozen, weights ", Assert.Throws<RunDirectoryException>(() => Compare("c", Plan())).Message,
            StringComparison.Ordinal);
    }

    // Over black these images are black.
    [Fact]
    public void Each_encoder_reads_files_as_it_was_trained_to()
    {
        var images = new ImageOptions { Background = "black" };
        var continued = _recipe with { Images = images };
        Write(continued, seed: 5, images);
        var report = Compare("c", Plan(
            reading => new Colored(64, 1) { IsBlack = reading == images }, reading => new Colored(64, 1) { IsBlack = reading == images },
            continued: continued));
        Assert.Equal(["continued BYOL", "frozen"],
            report.Rows.Where(r => r is { Labels: "all", Protocol: "linear" } && r.Accuracy[0] <= 0.5).Select(r => r.Option).Order());
        Assert.Contains("background = \"black\"", File.ReadAllText(_folder["c/continued/recipe.toml"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Images_to_classify_may_be_given()
    {
        var report = Compare("c", Plan(test: new Colored(30, 7), pretrained: false));
        Assert.Equal(3, report.Rows.Select(r => r.Option).Distinct().Count());
        Assert.DoesNotContain(report.Notes, n => n.Contains("near-duplicates of labeled ones", StringComparison.Ordinal));
        var known = Compare("d", Plan(test: new Colored(30, 1), pretrained: false));
        Assert.Contains(known.Notes, n => n.StartsWith("30 of 30 images that are classified are near-duplicates", StringComparison.Ordinal));
        Assert.Contains("30 images of colors, classified by 64 of colors", report.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_compared_is_refused_before_anything_is_written()
    {
        Refuses(Plan(test: new Colored(30, 7, "blue", "green", "red")), "both must have the same");
        Refuses(Plan(train: _ => new Colored(30, 7, classes: 1), test: new Colored(30, 7)), "a classifier needs at least two classes");
        Refuses(Plan(minutes: 5 / 60.0), "A budget of 5 seconds is too short");
        Refuses(Plan(draws: 1), "1 draws must lie between");
        Refuses(Plan(data: _ => new Colored(8, 1)), "fewer than a batch of 16");
        Refuses(Plan(train: _ => new Colored(4, 1)), "4 groups of images");

        void Refuses(ComparisonPlan plan, string message)
        {
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => Compare("none", plan)).Message,
                StringComparison.Ordinal);
            Assert.False(Directory.Exists(_folder["none"]));
        }
    }

    private ComparisonPlan Plan(
        Func<ImageOptions, IDataset>? data = null, Func<ImageOptions, IDataset>? train = null, IDataset? test = null, bool pretrained = true,
        double minutes = 5, int draws = 3, Recipe? continued = null) =>
        new(data ?? (_ => new Colored(64, 1)), train ?? (_ => new Colored(64, 1)), test is null ? null : _ => test, _recipe, fitEncoder: false,
            pretrained ? new ComparedEncoder("frozen", Frozen, continued ?? _recipe) : null, TimeSpan.FromMinutes(minutes), [2, 100], draws);

    private OpenedEncoder Frozen() => EncoderFile.Open(_folder["frozen.safetensors"], CPU);

    private void Write(Recipe recipe, ulong seed, ImageOptions images)
    {
        using var weights = new WeightSource(seed, CPU);
        using var network = recipe.Encoder.Create(weights);
        using var stream = File.Create(_folder["frozen.safetensors"]);
        EncoderWriter.Write(stream, network, new EncoderDescription(recipe.Encoder, Preprocessing.Of(recipe.Views, images)));
    }

    private ComparisonReport Compare(
        string folder, ComparisonPlan plan, Func<PretrainingRun, CancellationToken, bool>? train = null, Action<string>? say = null) =>
        EncoderComparison.Run(_folder[folder], plan, train, say, cancellation: TestContext.Current.CancellationToken);

    // Noise around a color; the color is the class.
    private sealed class Colored(int count, int seed, params string[] names) : IDataset
    {
        private readonly int _classes = 2;

        public bool IsBlack { get; init; }

        public Colored(int count, int seed, int classes) : this(count, seed) => _classes = classes;

        public string Name => "colors";

        public int Count => count;

        public IReadOnlyList<string> Classes => names.Length > 0 ? names : ["green", "red"];

        public Image8 Read(int index, ImageBuffer buffer)
        {
            var random = new Random(seed * 100_000 + index);
            var pixels = new byte[16 * 16 * 3];
            for (var i = 0; i < pixels.Length && !IsBlack; i++)
                pixels[i] = (byte)(random.Next(100) + (i % 3 == (Label(index) == 0 ? 1 : 0) ? 150 : 0));
            return new Image8(pixels, 16, 16);
        }

        public int? Label(int index) => index % _classes;

        public string ItemName(int index) => $"{index}";
    }
}
