using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Evaluation;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.Tests.Images;
using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

/// <summary>Point 12: the encoder alone, in evaluation mode, on the center view without augmentation; nothing of it changes.</summary>
public sealed class FeatureBankTests
{
    private static readonly ViewOptions Views = new() { ImageSize = 16, EvaluationCrop = 1 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Encoding_leaves_the_encoder_as_it_was(bool training)
    {
        using var scope = NewDisposeScope();
        using var encoder = Encoder();
        encoder.train(training);
        var before = TensorAssert.Snapshot(EncoderFile.Tensors(encoder));

        using var bank = FeatureBank.Encode(encoder.AsEncoder(Views), new PatternImages(10), Token);

        TensorAssert.Unchanged(before, EncoderFile.Tensors(encoder));
        Assert.All(encoder.named_modules(), m => Assert.Equal(training, m.module.training));
        Assert.Equal(training, encoder.training);
        Assert.False(bank.Features.requires_grad);
    }

    [Fact]
    public void A_representation_that_is_not_finite_names_its_image()
    {
        using var scope = NewDisposeScope();
        using var encoder = Encoder();
        using (no_grad()) encoder.named_parameters().First(p => p.name == "bn1.weight").parameter.fill_(float.NaN);
        var images = new PatternImages(10);
        var e = Assert.Throws<NonFiniteEmbeddingException>(() =>
            FeatureBank.Encode(encoder.AsEncoder(Views), images, Token));
        Assert.Contains($"The embedding of {images.ItemName(0)} is not finite (value 0 is NaN)", e.Message);
    }

    [Fact]
    public void The_mode_is_put_back_when_encoding_fails()
    {
        using var encoder = Encoder();
        encoder.train();
        using var canceled = new CancellationTokenSource();
        canceled.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
            FeatureBank.Encode(encoder.AsEncoder(Views), new PatternImages(10), canceled.Token));
        Assert.True(encoder.training);
    }

    [Fact]
    public void Features_are_those_of_center_views_in_evaluation_mode_in_order()
    {
        using var scope = NewDisposeScope();
        using var encoder = Encoder();
        encoder.train();
        encoder.forward(randn(8, 3, 16, 16));   // statistics that differ from a batch's own
        var images = new PatternImages(300);    // more than one batch
        using var bank = FeatureBank.Encode(encoder.AsEncoder(Views), images, Token);

        encoder.eval();
        Assert.Equal([300, encoder.Options().RepresentationSize], bank.Features.shape);
        foreach (var i in (int[])[0, 1, 17, 255, 256, 299])
            TensorAssert.Close(encoder.forward(Image(images, i))[0], bank.Features[i], 1e-5, $"image {i}");
        Assert.Equal(Enumerable.Range(0, 300).Select(i => i % 2), bank.Labels);
        Assert.Equal(images.Classes, bank.Classes);
    }

    [Fact]
    public void A_batch_leaves_no_tensor_behind()
    {
        using var encoder = new CountingEncoder();
        using var bank = FeatureBank.Encode(encoder, new PatternImages(1200), Token);
        Assert.Equal(5, encoder.LiveTensors.Count);
        Assert.All(encoder.LiveTensors.Zip(encoder.LiveTensors.Skip(1)), pair => Assert.Equal(pair.First, pair.Second));
    }

    private sealed class CountingEncoder : IImageEncoder
    {
        public List<long> LiveTensors { get; } = [];

        public string Name => "counting";

        public int Dimension => 3;

        public Preprocessing Preprocessing { get; } = Preprocessing.Of(Views);

        public void Encode(ReadOnlySpan<float> images, int count, Span<float> embeddings)
        {
            LiveTensors.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            embeddings.Clear();
        }

        public void Dispose()
        {
        }
    }

    [Fact]
    public void Augmentation_in_the_recipe_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using var encoder = Encoder();
        var plain = Views with { FlipProbability = 0, JitterProbability = 0, GrayscaleProbability = 0, BlurProbability = new(0, 0),
            SolarizeProbability = new(0, 0) };
        var wild = Views with { FlipProbability = 1, JitterProbability = 1, GrayscaleProbability = 1, BlurProbability = new(1, 1),
            SolarizeProbability = new(1, 1) };
        using var first = FeatureBank.Encode(encoder.AsEncoder(plain), new PatternImages(20), Token);
        using var second = FeatureBank.Encode(encoder.AsEncoder(wild), new PatternImages(20), Token);
        TensorAssert.Same(first.Features, second.Features, "features");
    }

    [Fact]
    public void Bfloat16_features_come_as_single_precision()
    {
        using var scope = NewDisposeScope();
        using var encoder = Encoder();
        using var full = FeatureBank.Encode(encoder.AsEncoder(Views), new PatternImages(20), Token);
        using var half = FeatureBank.Encode(encoder.AsEncoder(Views, Precision.BFloat16), new PatternImages(20), Token);
        Assert.Equal(ScalarType.Float32, half.Features.dtype);
        TensorAssert.Close(full.Features, half.Features, 0.03, "features");
    }

    [Fact]
    public void An_image_that_cannot_be_read_is_named()
    {
        using var scope = NewDisposeScope();
        var images = Made.Dataset(20, 16, 13);
        Assert.Contains("image 13 is broken", Assert.Throws<InvalidDataException>(() => FeatureBank.RawPixels(images, Views, Token)).Message);
    }

    // Scaled features are in memory of their own, whoever disposes what they were made from.
    [Fact]
    public void A_scaled_probe_leaves_what_it_was_made_from_as_it_is()
    {
        using var scope = NewDisposeScope();
        using var bank = FeatureBank.RawPixels(new PatternImages(10), Views, Token);
        var before = TensorAssert.Floats(bank.Features);
        using (var probe = FeatureProbe.Scaled("pixels", bank, bank, Standardization.Of, (_, queries, _) => queries.alias()))
        {
            var scaled = probe.Scores([.. Enumerable.Range(0, 10)], seed: 1);
            Assert.Equal(0, scaled.mean().item<float>(), 1e-5);
        }
        Assert.Equal(before, TensorAssert.Floats(bank.Features));
    }

    [Fact]
    public void Raw_pixels_are_the_normalized_pixels()
    {
        using var scope = NewDisposeScope();
        var images = new PatternImages(7);
        using var bank = FeatureBank.RawPixels(images, Views, Token);
        Assert.Equal([7, 3 * 16 * 16], bank.Features.shape);
        for (var i = 0; i < 7; i++) TensorAssert.Close(Image(images, i).reshape(-1), bank.Features[i], 1e-5, $"image {i}");
    }

    [Theory]
    [InlineData(300, 200, 8)]
    [InlineData(90, 70, 4)]
    [InlineData(40, 31, 1)]
    public void Photographs_come_as_small_as_the_center_crop_allows(int width, int height, int times)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var file = Made.File(folder["a.jpg"], PictureFiles.Encode(Pictures.Smooth(width, height, 4), SKEncodedImageFormat.Jpeg));
        var images = new NotedDataset(new ImageFolder(folder.Path));
        using var bank = FeatureBank.RawPixels(images, Views, Token);
        Assert.Equal([(0, times)], images.Reads);

        var image = ImageDecoder.Decode(File.ReadAllBytes(file), file, new ImageBuffer((_, _) => times));
        var view = new float[16 * 16 * 3];
        new ViewRenderer(Views).Render(image, ViewSampler.Center(Views, width, height), view);
        TensorAssert.Close(tensor(view).reshape(16, 16, 3).permute(2, 0, 1).reshape(-1), bank.Features[0], 1e-6, "features");
    }

    [Theory]
    [InlineData(16, 16)]
    [InlineData(32, 32)]
    [InlineData(64, 32)]
    public void Raw_pixels_are_at_most_32_wide(int size, int expected)
    {
        using var scope = NewDisposeScope();
        using var bank = FeatureBank.RawPixels(new PatternImages(2), Views with { ImageSize = size }, Token);
        Assert.Equal(3L * expected * expected, bank.Features.shape[1]);
    }

    [Fact]
    public void Images_without_labels_make_a_bank_without_labels()
    {
        using var scope = NewDisposeScope();
        using var bank = FeatureBank.RawPixels(new PatternImages(5, labeled: false), Views, Token);
        Assert.Empty(bank.Labels);
        Assert.Empty(bank.Classes);
    }

    private static ResNet Encoder()
    {
        using var weights = new WeightSource(3, CPU);
        return new ResNet(new ResNetOptions { Depth = 18, Width = 0.125, Stem = Stem.SmallStride2 }, weights);
    }

    // Of its full 16 pixels: nothing is resized, so the view is the image itself, normalized.
    private static Tensor Image(PatternImages images, int index)
    {
        var pixels = images.Read(index).Pixels.ToArray().Select(b => b / 255f).ToArray();
        var mean = tensor(Views.Mean.ToArray()).to(ScalarType.Float32);
        var deviation = tensor(Views.StandardDeviation.ToArray()).to(ScalarType.Float32);
        return ((tensor(pixels).reshape(1, 16, 16, 3) - mean) / deviation).permute(0, 3, 1, 2);
    }
}
