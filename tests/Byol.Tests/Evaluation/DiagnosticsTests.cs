using System.Collections.Concurrent;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Evaluation;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.Tests.Method;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

public sealed class DiagnosticsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly ViewOptions Views = new() { ImageSize = 16, CropArea = new(0.5, 1), EvaluationCrop = 1 };

    // Nothing that is drawn: both views are the center view.
    private static readonly ViewOptions Still = Views with
    {
        CropArea = new(1, 1), CropRatio = new(1, 1), FlipProbability = 0, JitterProbability = 0, GrayscaleProbability = 0,
        BlurProbability = new(0, 0), SolarizeProbability = new(0, 0),
    };

    [Fact]
    public void Figures_are_those_of_the_encoders_features_and_the_encoder_stays_as_it_was()
    {
        using var scope = NewDisposeScope();
        using var encoder = Encoder();
        encoder.train();
        var before = (TinyByol.Parameters(encoder), TinyByol.Buffers(encoder));
        var images = new PatternImages(30, labeled: false);

        var found = Diagnostics.Of(encoder.AsEncoder(Views), images, Views, 100, 1, Cancellation);

        using var bank = FeatureBank.Encode(encoder.AsEncoder(Views), images, Cancellation);
        Assert.Equal((30, 64L), (found.Images, found.Dimension));
        Assert.Equal(Geometry.EffectiveRank(bank.Features), found.EffectiveRank, 1e-6);
        Assert.Equal(Geometry.NormalizedStd(bank.Features), found.Std, 1e-6);
        Assert.Equal(Geometry.Uniformity(bank.Features), found.Uniformity, 1e-6);
        Assert.Equal(Geometry.Spectrum(bank.Features), found.Spectrum, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.InRange(found.Alignment, 1e-4, 4);
        Assert.True(encoder.training);
        TensorAssert.Unchanged(before.Item1, encoder.named_parameters().Select(p => (p.name, (Tensor)p.parameter)));
        TensorAssert.Unchanged(before.Item2, encoder.named_buffers());
    }

    [Fact]
    public void A_representation_that_is_not_finite_names_its_image()
    {
        using var scope = NewDisposeScope();
        using var encoder = Encoder();
        using (no_grad()) encoder.named_parameters().First(p => p.name == "bn1.weight").parameter.fill_(float.NaN);
        var images = new PatternImages(10);
        var e = Assert.Throws<NonFiniteEmbeddingException>(() =>
            Diagnostics.Of(encoder.AsEncoder(Views), images, Views, 100, 1, Cancellation));
        Assert.Contains($"The embedding of {images.ItemName(0)} is not finite (value 0 is NaN)", e.Message);
    }

    [Fact]
    public void Views_that_do_not_differ_are_aligned()
    {
        using var encoder = Encoder();
        var found = Diagnostics.Of(encoder.AsEncoder(Still), new PatternImages(10), Still, 100, 1, Cancellation);
        Assert.Equal(0, found.Alignment, 1e-9);
    }

    [Fact]
    public void A_seed_draws_the_same_views_and_another_others()
    {
        using var encoder = Encoder();
        double[] alignments = [.. new ulong[] { 1, 1, 2 }.Select(s =>
            Diagnostics.Of(encoder.AsEncoder(Views), new PatternImages(10), Views, 100, s, Cancellation).Alignment)];
        Assert.Equal(alignments[0], alignments[1]);
        Assert.NotEqual(alignments[0], alignments[2]);
    }

    [Fact]
    public void Images_are_spread_evenly_over_the_data_and_no_label_is_asked_for()
    {
        using var encoder = Encoder();
        var secret = new SecretLabels(new PatternImages(40));
        Assert.Equal(4, Diagnostics.Of(encoder.AsEncoder(Views), secret, Views, 4, 1, Cancellation).Images);
        Assert.Equal([0, 10, 20, 30], secret.Read.Distinct().Order());
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(40, 1)]
    public void One_image_is_too_few(int images, int most)
    {
        using var encoder = Encoder();
        var e = Assert.Throws<ArgumentException>(() =>
            Diagnostics.Of(encoder.AsEncoder(Views), new PatternImages(images), Views, most, 1, Cancellation));
        Assert.Contains("distances need at least 2", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Notes what is read, and gives no label to anyone.</summary>
    private sealed class SecretLabels(IDataset inner) : IDataset
    {
        public ConcurrentBag<int> Read { get; } = [];

        public string Name => inner.Name;

        public int Count => inner.Count;

        public IReadOnlyList<string> Classes => throw new InvalidOperationException("Classes were asked for.");

        Image8 IDataset.Read(int index, ImageBuffer buffer)
        {
            Read.Add(index);
            return inner.Read(index, buffer);
        }

        public int? Label(int index) => throw new InvalidOperationException("A label was asked for.");

        public string ItemName(int index) => inner.ItemName(index);
    }

    private static ResNet Encoder()
    {
        using var weights = new WeightSource(1, CPU);
        return new ResNet(TinyByol.Encoder, weights);
    }
}
