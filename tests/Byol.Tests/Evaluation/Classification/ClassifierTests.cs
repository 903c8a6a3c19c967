using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Encoders;
using Byol.Evaluation;
using Byol.Evaluation.Classification;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation.Classification;

/// <summary>From an encoder and labeled images to an ONNX file that says the same.</summary>
public sealed class ClassifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ONNX_Runtime_says_what_our_own_network_says(bool finetune)
    {
        using var scope = NewDisposeScope();
        using var encoder = Encoder();
        var before = TensorAssert.Snapshot(EncoderFile.Tensors(encoder.Network));
        var options = new ClassifierOptions(
            finetune ? new FineTuneOptions(epochs: 10, leastSteps: 0, batchSize: 16) : null, folds: 3);
        var images = new PatternImages(120);
        using var classifier = Train(encoder, images, options);
        TensorAssert.Unchanged(before, EncoderFile.Tensors(encoder.Network));
        Assert.Equal(120, classifier.Report.Images);
        Assert.True(classifier.Report.BeatsChance);

        var file = classifier.ExportOnnx(_folder["p.onnx"], images);
        var parity = Assert.IsType<ClassifierParity>(file.Parity);
        Assert.InRange(parity.Probability, 0, 1e-4);
        Assert.InRange(parity.Novelty, 0, 1e-4);
        Assert.Equal((0, 64), (parity.OtherLabels, parity.Images));

        using var onnx = OnnxClassifier.Open(_folder["p.onnx"]);
        Assert.Equal(["across", "down"], onnx.Classes);
        Assert.Equal(classifier.Report.Thresholds.Select(t => (t.Share, t.Value)), onnx.Thresholds.Select(t => (t.Share, t.Value)));
        var others = new PatternImages(200, seed: 2);
        var correct = 0;
        Assert.Empty(onnx.Predict(others, (i, p) => correct += p.Label == others.Classes[others.Label(i)!.Value] ? 1 : 0,
            cancellation: TestContext.Current.CancellationToken));
        Assert.True(correct > 130, $"{correct} of 200");

        // The embedding is the encoder's: the file is one too.
        using var again = OnnxEncoder.Open(_folder["p.onnx"]);
        Assert.Equal(encoder.Description.Architecture.RepresentationSize, again.Dimension);
    }

    [Fact]
    public void An_image_that_was_learned_is_not_novel_and_noise_is_more_so()
    {
        using var encoder = Encoder();
        using var classifier = Train(encoder, new PatternImages(200));
        classifier.ExportOnnx(_folder["p.onnx"], new PatternImages(8));
        using var onnx = OnnxClassifier.Open(_folder["p.onnx"]);
        var known = onnx.Predict(ImageEncoder.Png(new PatternImages(1).Read(0)), "known");
        Assert.Equal(0, known.Novelty, 1e-4);
        Assert.Null(known.NoveltyAbove);
        Assert.Equal(1, known.Probabilities.Sum(), 1e-5);
        Assert.Contains((float)known.Probability, known.Probabilities);
        var noise = onnx.Predict(Made.Png(16, 1), "noise");
        Assert.True(noise.Novelty > 0.001);
        Assert.Equal(onnx.Thresholds.LastOrDefault(t => noise.Novelty > t.Value)?.Share, noise.NoveltyAbove);
    }

    [Fact]
    public void On_a_thousand_photographs_and_as_much_noise_they_say_the_same()
    {
        using var encoder = Encoder();
        var clothes = DatasetCatalog.FromEnvironment().Open("fashion-mnist-10k:validation").Part("clothes", 0, 1000);
        using var classifier = Train(encoder, clothes);
        classifier.ExportOnnx(_folder["p.onnx"], clothes);
        var parity = ClassifierParity.Of(classifier, _folder["p.onnx"], clothes, most: 1000);
        Assert.Equal((2000, 0), (parity.Images, parity.OtherLabels));
        Assert.InRange(parity.Probability, 0, 1e-4);
        Assert.InRange(parity.Novelty, 0, 1e-4);
    }

    [Theory]
    [InlineData(TilePooling.Mean)]
    [InlineData(TilePooling.Max)]
    public void In_tiles_they_say_the_same_of_a_file_of_a_dataset_and_of_both_runtimes(TilePooling pooling)
    {
        using var scope = NewDisposeScope();
        using var encoder = Encoder();
        var images = new PatternImages(80);
        using var classifier = Train(encoder, images, new ClassifierOptions(folds: 3, tiles: 4, pooling: pooling));
        var parity = Assert.IsType<ClassifierParity>(classifier.ExportOnnx(_folder["p.onnx"], images).Parity);
        Assert.InRange(parity.Probability, 0, 1e-4);
        Assert.InRange(parity.Novelty, 0, 1e-4);
        Assert.Equal(0, parity.OtherLabels);

        using var onnx = OnnxClassifier.Open(_folder["p.onnx"]);
        Assert.Equal((4, pooling), (onnx.Preprocessing.Tiles, onnx.Preprocessing.TilePooling));
        var predictions = new List<Prediction>();
        onnx.Predict(images, (_, p) => predictions.Add(p), cancellation: TestContext.Current.CancellationToken);
        using var tiled = new TorchEncoder("e", encoder, Precision.Float32, CPU, leaveOpen: true).InTiles(4, pooling);
        var features = FeatureBank.Encode(tiled, images, TestContext.Current.CancellationToken).Features;
        var expected = classifier.Classify(features);
        Assert.All(predictions.Zip(expected), p => Assert.Equal(
            p.Second.Probabilities[Softmax.Largest<float>(p.Second.Logits)], p.First.Probability, 1e-4));
        var one = onnx.Predict(ImageEncoder.Png(images.Read(3)), "3");
        Assert.Equal((predictions[3].Label, predictions[3].Probability), (one.Label, one.Probability));

        // As an encoder it embeds in tiles too.
        using var again = OnnxEncoder.Open(_folder["p.onnx"]);
        TensorAssert.Close(features, FeatureBank.Encode(again, images, TestContext.Current.CancellationToken).Features, 1e-4, "embeddings");
    }

    [Fact]
    public void The_same_seed_gives_the_same_file()
    {
        foreach (var name in (string[])["a.onnx", "b.onnx"])
        {
            using var encoder = Encoder();
            using var classifier = Train(encoder, new PatternImages(40));
            classifier.ExportOnnx(_folder[name], new PatternImages(8));
        }
        Assert.Equal(File.ReadAllBytes(_folder["a.onnx"]), File.ReadAllBytes(_folder["b.onnx"]));
    }

    [Fact]
    public void An_image_that_cannot_be_read_is_left_out_and_named()
    {
        using var encoder = Encoder();
        using var classifier = Train(encoder, Made.Dataset(60, 16, 13, 21));
        Assert.Equal(["made/13", "made/21"], classifier.Report.Unreadable.Select(u => u.Name));
        Assert.Equal(58, classifier.Report.Images);
        Assert.False(classifier.Report.BeatsChance);       // noise, labeled by its number
    }

    [Fact]
    public void What_cannot_be_learned_is_refused_in_one_line()
    {
        using var encoder = Encoder();
        Refuses(new PatternImages(40, labeled: false), "has no labels");
        Refuses(Made.Dataset(19), "Class 9 of made has one image");
        Refuses(Made.Dataset(1), "at least two classes");

        void Refuses(IDataset images, string words)
        {
            var e = Assert.Throws<ArgumentException>(() => Train(encoder, images));
            Assert.Contains(words, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        using var encoder = Encoder();
        var images = new PatternImages(40);
        Train(encoder, images).Dispose();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Train(encoder, images).Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static Classifier Train(OpenedEncoder encoder, IDataset images, ClassifierOptions? options = null) =>
        Classifier.Train(encoder, images, options, cancellation: TestContext.Current.CancellationToken);

    private static OpenedEncoder Encoder()
    {
        using var weights = new WeightSource(1, CPU);
        var options = new ResNetOptions { Depth = 18, Width = 0.125, Stem = Stem.SmallStride2 };
        var network = new ResNet(options, weights);
        network.eval();
        var description = new EncoderDescription(options, new Preprocessing(16, 1, [0.5, 0.5, 0.5], [0.25, 0.25, 0.25]));
        return new OpenedEncoder(network, description.With(WeightsDigest.Of(EncoderFile.Tensors(network))));
    }
}
