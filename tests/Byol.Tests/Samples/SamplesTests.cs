using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Embeddings;
using Byol.Tests.Cli;

namespace Byol.Tests.Samples;

/// <summary>The samples run, and every runtime has the same embeddings of the same photographs of clothes.</summary>
[Collection(CommandLine.Name)]
public sealed class SamplesTests : IClassFixture<SamplesTests.Exported>
{
    private const int Images = 1002;   // as many as there are real ones at hand that every runtime takes as they are: 28 px

    /// <summary>A short run on images of the 28 px that it sees, and its ONNX file.</summary>
    public sealed class Exported : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Exported()
        {
            var clothes = DatasetCatalog.FromEnvironment().Open("fashion-mnist-10k");
            var perClass = new int[clothes.Classes.Count];
            for (var i = 0; perClass[..3].Sum() < Images; i++)
            {
                var label = clothes.Label(i)!.Value;
                if (label >= 3 || perClass[label] == Images / 3) continue;
                Made.File(Path.Combine(Photographs, $"{label}", $"{i:D4}.png"), ImageEncoder.Png(clothes.Read(i)));
                perClass[label]++;
            }
            string[] whole = ["--set", "views.image_size=28", "--set", "views.evaluation_crop=1"];
            Succeeds(["pretrain", "--data", Photographs, "--out", Run, .. CommandLine.Tiny, .. whole]);
            Succeeds(["export", Run, "--out", Onnx]);
        }

        public string Photographs => _folder["photographs"];

        public string Run => _folder["run"];

        public string Onnx => _folder["model.onnx"];

        public string this[string name] => _folder[name];

        public void Dispose() => _folder.Dispose();
    }

    private readonly Exported _given;

    public SamplesTests(Exported given) => _given = given;

    [Fact]
    public void OnnxRuntime_finds_the_neighbors_that_byol_finds()
    {
        var lines = Programs.Sample("OnnxRuntime", _given.Onnx, _given.Photographs).TrimEnd().Split('\n');
        var first = new ImageFolder(_given.Photographs).ItemName(0);
        Assert.Equal($"Nearest to {first} of {Images} images:", lines[0].TrimEnd());
        var query = Path.Combine(_given.Photographs, first);
        string[] search =
            ["search", _given.Run, "--data", _given.Photographs, "--query", query, "--top", "5", "--precision", "float32", "--json"];
        using var json = JsonDocument.Parse(Succeeds(search));
        var found = json.RootElement.GetProperty("neighbors").EnumerateArray();
        var expected = found.Select(n => n.GetProperty("similarity").GetDouble()).ToList();
        var actual = lines[1..].Select(l => double.Parse(l.Trim().Split(' ')[0], CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(5, actual.Count);
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 2e-4));
    }

    [Fact]
    public void MLNet_learns_from_few_labels_and_embeds_as_ONNX_Runtime_and_byol_do()
    {
        var (classifier, rows) = (_given["classifier.zip"], _given["rows.csv"]);
        var output = Programs.Sample("MLNet", _given.Onnx, _given.Photographs, "20", classifier, rows);
        Assert.Matches("^[0-9.]+ % of each class in the mean; guessing has 33.3 % \\(20 labels of each class learned from, 942 others", output);
        Assert.InRange(Percent(output, "^([0-9.]+) %"), 50, 100);
        Assert.True(new FileInfo(classifier).Length > 0);
        Assert.Equal(output, Programs.Sample("MLNet", _given.Onnx, _given.Photographs, "20", classifier));
        var theirs = File.ReadAllLines(rows)
            .Select(l => l.Split(',').Select(v => float.Parse(v, CultureInfo.InvariantCulture)).ToArray())
            .ToList();
        foreach (var encoder in (string[])[_given.Run, _given.Onnx])
        {
            Succeeds(["embed", encoder, "--data", _given.Photographs, "--precision", "float32", "--out", _given["ours.npy"], "--force"]);
            using var ours = EmbeddingFile.Read(_given["ours.npy"]).Normalize();
            Assert.Equal(theirs.Count, ours.Images.Count);
            Assert.All(theirs.SelectMany(r => r).Zip(TensorAssert.Floats(ours.Values)), p => Assert.Equal(p.First, p.Second, 1e-4f));
        }
    }

    // Nothing to be learned from: labels that are drawn.
    [Fact]
    public void MLNet_saves_no_classifier_that_guesses()
    {
        var clothes = new ImageFolder(_given.Photographs);
        for (var i = 0; i < 300; i++)
            Made.File(_given[$"guessing/{i * 7919 % 3}/{i}.png"], ImageEncoder.Png(clothes.Read(i % 10)));
        var (code, output, error) = Programs.RunSample("MLNet", _given.Onnx, _given["guessing"], "4", _given["none.zip"]);
        Assert.Equal(1, code);
        Assert.Contains("guessing has 33.3 %", output, StringComparison.Ordinal);
        Assert.Contains("no classifier was saved", error, StringComparison.Ordinal);
        Assert.False(File.Exists(_given["none.zip"]));
    }

    [Fact]
    public void The_librarys_loop_makes_its_encoder_better_and_the_same_each_time()
    {
        var output = Programs.Sample("Library", "loop", "200");
        Assert.Matches("step 20: loss [0-3]\\.[0-9]+, std 0\\.[0-9]+", output);
        var (before, after) = (Percent(output, "before: ([0-9.]+) %"), Percent(output, "after: ([0-9.]+) %"));
        Assert.True(after > before + 3, output);
        Assert.InRange(after, 60, 100);       // guessing has 33.3 %
        Assert.Equal(output, Programs.Sample("Library", "loop", "200"));
    }

    [Fact]
    public void An_encoder_of_ones_own_trains_in_a_run_folder_and_a_finished_run_is_left_as_it_is()
    {
        var run = _given["shapes"];
        var output = Programs.Sample("Library", run, "25");
        Assert.Contains("200 steps: ", output, StringComparison.Ordinal);
        Assert.Matches("kNN [0-9.]+ %", output);
        var (before, after) = (Percent(output, "before: ([0-9.]+) %"), Percent(output, "after: ([0-9.]+) %"));
        Assert.True(after > before + 3, output);
        Assert.InRange(after, 60, 100);       // guessing has 33.3 %
        Assert.Contains("kind = \"small\"", File.ReadAllText(Path.Combine(run, "recipe.toml")), StringComparison.Ordinal);

        var weights = File.ReadAllBytes(Path.Combine(run, "encoder.safetensors"));
        Assert.Contains("200 steps: ", Programs.Sample("Library", run, "25"), StringComparison.Ordinal);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(run, "encoder.safetensors")));
        CommandLine.Refuses(["embed", run, "--data", run, "--out", _given["none.npy"]], "small", "kind");
    }

    private static double Percent(string output, string pattern) =>
        double.Parse(Regex.Match(output, pattern).Groups[1].Value, CultureInfo.InvariantCulture);

    private static string Succeeds(IEnumerable<string> arguments)
    {
        var (code, output, error) = CommandLine.Run(arguments);
        Assert.True(code == 0, error);
        return output;
    }
}
