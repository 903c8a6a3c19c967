using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Evaluation;

namespace Byol.Tests.Evaluation;

/// <summary>Two datasets are the same images or are not, whatever they are called.</summary>
public sealed class SameImagesTests
{
    private static readonly PatternImages Images = new(20);

    [Fact]
    public void Images_are_the_same_as_themselves_however_they_are_opened()
    {
        Assert.True(SameImages.Are(Images, Images));
        Assert.True(SameImages.Are(Images, new PatternImages(20)));
        Assert.True(SameImages.Are(Images, new InMemoryCache(new PatternImages(20, name: "by another name"), 1 << 20)));
        Assert.True(SameImages.Are(Images, new PatternImages(20, labeled: false)));
    }

    [Fact]
    public void Other_images_are_not_the_same_though_their_names_are()
    {
        Assert.False(SameImages.Are(Images, new PatternImages(20, seed: 2)));
        Assert.False(SameImages.Are(Images, new PatternImages(19)));
        Assert.False(SameImages.Are(Images, new Subset(Images.Name, new PatternImages(21), 1, 20)));
        Assert.False(SameImages.Are(Images, new Unreadable(Images)));
    }

    [Fact]
    public void What_cannot_be_read_is_the_same_as_itself() =>
        Assert.True(SameImages.Are(new Unreadable(Images), new Unreadable(new PatternImages(20))));

    [Fact]
    public void A_task_knows_whether_it_classifies_what_it_learns_from()
    {
        Assert.True(new EvaluationTask(Images, new PatternImages(20)).ClassifiesTrainingImages);
        Assert.False(new EvaluationTask(Images, new PatternImages(20, seed: 2)).ClassifiesTrainingImages);
    }

    private sealed class Unreadable(IDataset inner) : IDataset
    {
        public string Name => inner.Name;

        public int Count => inner.Count;

        public IReadOnlyList<string> Classes => inner.Classes;

        public Image8 Read(int index, ImageBuffer buffer) => throw new InvalidDataException($"{index} is damaged.");

        public int? Label(int index) => inner.Label(index);

        public string ItemName(int index) => inner.ItemName(index);
    }
}
