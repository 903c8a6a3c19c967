using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

/// <summary>Images that stand on both sides of an evaluation are counted.</summary>
public sealed class SharedImagesTests
{
    private static readonly ViewOptions Views = new() { ImageSize = 16, EvaluationCrop = 1 };

    [Theory]
    [InlineData(0, 10, 20, 0)]
    [InlineData(0, 10, 5, 5)]
    [InlineData(3, 4, 0, 4)]
    public void The_same_images_are_counted_wherever_they_stand(int start, int count, int otherStart, int same)
    {
        using var scope = NewDisposeScope();
        var images = new PatternImages(40);
        using var train = Bank(new Subset("test", images, otherStart, 20));
        using var test = Bank(new Subset("train", images, start, count));
        Assert.Equal(new SharedImages(same, 0), SharedImages.OfPixels(train, test));
        Assert.Equal(same, SharedImages.Between(train, test).Same);
        using var some = train.Select([0, 1]);
        Assert.Equal(2, SharedImages.OfPixels(train, some).Same);
    }

    [Fact]
    public void A_little_noise_is_near_and_another_image_is_not()
    {
        using var scope = NewDisposeScope();
        var train = Bank(new Noisy(0));
        Assert.Equal(new SharedImages(0, 20), SharedImages.Between(train, Bank(new Noisy(2))));
        Assert.Equal(new SharedImages(0, 0), SharedImages.Between(train, Bank(new Noisy(90))));
        Assert.Equal(new SharedImages(20, 0), SharedImages.Between(train, Bank(new Noisy(0))));
    }

    [Fact]
    public void Embeddings_that_are_all_one_say_nothing()
    {
        using var scope = NewDisposeScope();
        using var bank = new FeatureBank(ones(20, 4), new int[20], ["a"]);
        Assert.Equal(new SharedImages(0, 0), SharedImages.Between(bank, bank));
    }

    private static FeatureBank Bank(IDataset images) => FeatureBank.RawPixels(images, Views, TestContext.Current.CancellationToken);

    /// <summary>The same twenty images, with noise on them.</summary>
    private sealed class Noisy(int strength) : IDataset
    {
        public string Name => $"noise of {strength}";

        public int Count => 20;

        public IReadOnlyList<string> Classes => [];

        public Image8 Read(int index, ImageBuffer buffer)
        {
            var random = new Random(index + 1000);
            var image = Made.Image(16, index);
            return new Image8(
                image.Pixels.ToArray().Select(p => (byte)Math.Clamp(p + random.Next(-strength, strength + 1), 0, 255)).ToArray(), 16, 16);
        }

        public int? Label(int index) => null;

        public string ItemName(int index) => $"{index}";
    }
}
