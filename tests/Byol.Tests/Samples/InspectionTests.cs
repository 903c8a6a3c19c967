using System.Globalization;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Encoders;
using Byol.Export;
using Byol.Models;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.Samples;

/// <summary>The samples of the whole job: from photographs to a classifier in use, and its file in three runtimes.</summary>
public sealed class InspectionTests : IClassFixture<InspectionTests.Made>
{
    /// <summary>Photographs of three kinds of clothes in folders of their class, some of them labeled, and what the sample printed.</summary>
    public sealed class Made : IDisposable
    {
        private const int Labeled = 30, Others = 130;
        private readonly TemporaryFolder _folder = new();

        public Made()
        {
            var clothes = DatasetCatalog.FromEnvironment().Open("fashion-mnist-10k");
            var perClass = new int[3];
            for (var i = 0; perClass.Sum() < 3 * (Labeled + Others); i++)
            {
                var label = clothes.Label(i)!.Value;
                if (label >= 3 || perClass[label] == Labeled + Others) continue;
                var folder = perClass[label]++ < Labeled ? _folder["labeled"] : Photographs;
                Tests.Made.File(Path.Combine(folder, $"{label}", $"{i:D4}.png"), ImageEncoder.Png(clothes.Read(i)));
            }
            WriteEncoder(_folder["small.safetensors"]);
            Output = Programs.Sample("Inspection", Photographs, _folder["labeled"], _folder["inspection"], "6", _folder["small.safetensors"]);
        }

        public string Photographs => _folder["photographs"];

        public string Onnx => _folder["inspection/parts.onnx"];

        public string Output { get; }

        public void Dispose() => _folder.Dispose();

        // In place of the large one: a run of seconds continues it.
        private static void WriteEncoder(string path)
        {
            var recipe = RecipeFile.Open("quickstart");
            using var weights = new WeightSource(3, CPU);
            using var network = recipe.Encoder.Create(weights);
            using var stream = File.Create(path);
            EncoderWriter.Write(stream, network, new EncoderDescription(recipe.Encoder, Preprocessing.Of(recipe.Views)));
        }
    }

    private readonly Made _given;

    public InspectionTests(Made given) => _given = given;

    [Fact]
    public void The_library_makes_a_classifier_that_is_right_about_other_photographs()
    {
        Assert.Matches(@"cross-validated: [0-9.]+ % of 90 images", _given.Output);
        var predicted = Predicted(_given.Output);
        Assert.Equal(390, predicted.Count);
        // Chance is a third; of what is called by a name at all, far more must be right, though six epochs from a small random encoder are little.
        var named = predicted.Where(p => p.Name != "unknown").ToList();
        Assert.True(named.Count > 200, $"{named.Count} named");
        var accuracy = named.Average(p => p.File.StartsWith(p.Name, StringComparison.Ordinal) ? 1.0 : 0);
        Assert.True(accuracy > 0.6, $"{accuracy}");
    }

    [Theory]
    [InlineData("InspectionOnnx")]
    [InlineData("InspectionMLNet")]
    public void Other_runtimes_say_the_same(string sample)
    {
        var (ours, theirs) = (Predicted(_given.Output), Predicted(Programs.Sample(sample, _given.Onnx, _given.Photographs)));
        Assert.Equal(ours.Select(p => p.File), theirs.Select(p => p.File));
        Assert.All(ours.Zip(theirs), p =>
        {
            Assert.Equal(p.First.Probability, p.Second.Probability, 1e-4);
            Assert.Equal(p.First.Novelty, p.Second.Novelty, 1e-4);
            Assert.Equal(p.First.Name, p.Second.Name);
        });
    }

    [Fact]
    public void Where_the_encoder_cannot_be_fetched_it_says_so()
    {
        using var folder = new TemporaryFolder();
        var nowhere = "http://127.0.0.1:1";
        var (code, output, error) = Programs.FailingSample("Inspection",
            new()
            {
                ["BYOL_CACHE"] = folder["cache"], ["BYOL_DATA"] = "", ["NUGET_PACKAGES"] = folder["packages"],
                ["HOME"] = folder["home"], ["XDG_CONFIG_HOME"] = folder["home"], ["NO_PROXY"] = "", ["no_proxy"] = "",
                ["HTTP_PROXY"] = nowhere, ["HTTPS_PROXY"] = nowhere, ["http_proxy"] = nowhere, ["https_proxy"] = nowhere,
            },
            _given.Photographs, _given.Photographs, folder["inspection"], "1");
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("imagenet-resnet18 is not on this machine: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.TrimEnd());
        Assert.False(Directory.Exists(folder["inspection"]));
    }

    private static List<(string File, string Name, double Probability, double Novelty)> Predicted(string output) =>
        [.. output.Split('\n').Select(l => l.Trim().Split(',')).Where(f => f.Length == 4 && f[0].EndsWith(".png", StringComparison.Ordinal))
            .Select(f => (f[0], f[1], double.Parse(f[2], CultureInfo.InvariantCulture), double.Parse(f[3], CultureInfo.InvariantCulture)))];
}
