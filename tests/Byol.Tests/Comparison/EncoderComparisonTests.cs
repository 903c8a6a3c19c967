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

    public EncoderComparisonTests()
    {
        using var weights = new WeightSource(5, CPU);
        using var network = _recipe.Encoder.Create(weights);
        using var stream = File.Create(_folder["frozen.safetensors"]);
        EncoderWriter.Write(stream, network, new EncoderDescription(_recipe.Encoder, Preprocessing.Of(_recipe.Views)));
    }

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
        Assert.Contains("labeled images: ", Assert.Throws<RunDirectoryException>(() => Stop(Plan(train: new Colored(64, 2)))).Message,
            StringComparison.Ordinal);
        Assert.Contains("images to pretrain on: ", Assert.Throws<RunDirectoryException>(
            () => Stop(Plan(data: new Colored(65, 1)))).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder["other"]);
        File.WriteAllText(_folder["other/notes.txt"], "mine");
        Assert.Throws<RunDirectoryException>(() => Compare("other", Plan()));

        void Stop(ComparisonPlan plan) => Compare("c", plan, (_, _) => false);
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
        Refuses(Plan(train: new Colored(30, 7, classes: 1), test: new Colored(30, 7)), "a classifier needs at least two classes");
        Refuses(Plan(minutes: 5 / 60.0), "A budget of 5 seconds is too short");
        Refuses(Plan(draws: 1), "1 draws must lie between");
        Refuses(Plan(data: new Colored(8, 1)), "fewer than a batch of 16");
        Refuses(Plan(train: new Colored(4, 1)), "4 groups of images");

        void Refuses(ComparisonPlan plan, string message)
        {
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => Compare("none", plan)).Message,
                StringComparison.Ordinal);
            Assert.False(Directory.Exists(_folder["none"]));
        }
    }

    private ComparisonPlan Plan(
        IDataset? data = null, IDataset? train = null, IDataset? test = null, bool pretrained = true, double minutes = 5, int draws = 3) =>
        new(data ?? new Colored(64, 1), train ?? new Colored(64, 1), test, _recipe, fitEncoder: false,
            pretrained ? new ComparedEncoder("frozen", () => EncoderFile.Open(_folder["frozen.safetensors"], CPU), _recipe) : null,
            TimeSpan.FromMinutes(minutes), [2, 100], draws);

    private ComparisonReport Compare(
        string folder, ComparisonPlan plan, Func<PretrainingRun, CancellationToken, bool>? train = null, Action<string>? say = null) =>
        EncoderComparison.Run(_folder[folder], plan, train, say, cancellation: TestContext.Current.CancellationToken);

    // Noise around a color; the color is the class.
    private sealed class Colored(int count, int seed, params string[] names) : IDataset
    {
        private readonly int _classes = 2;

        public Colored(int count, int seed, int classes) : this(count, seed) => _classes = classes;

        public string Name => "colors";

        public int Count => count;

        public IReadOnlyList<string> Classes => names.Length > 0 ? names : ["green", "red"];

        public Image8 Read(int index, ImageBuffer buffer)
        {
            var random = new Random(seed * 100_000 + index);
            var pixels = new byte[16 * 16 * 3];
            for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(random.Next(100) + (i % 3 == (Label(index) == 0 ? 1 : 0) ? 150 : 0));
            return new Image8(pixels, 16, 16);
        }

        public int? Label(int index) => index % _classes;

        public string ItemName(int index) => $"{index}";
    }
}
