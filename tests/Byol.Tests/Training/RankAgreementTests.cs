using Byol.Data.Datasets;
using Byol.Distributed;
using Byol.Runs;
using Byol.Tests.Distributed;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.Training;

/// <summary>What ranks must have alike, and what they decide together; the ranks are threads.</summary>
public sealed class RankAgreementTests
{
    private static readonly Recipe Recipe = TinyRun.Recipe;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_hear_what_the_first_has(bool resumes)
    {
        var heard = ThreadRanks.Run(3, rank => Agree(rank, Recipe, Recipe, new PatternImages(32), resumes));
        Assert.All(heard, h => Assert.Equal((RecipeFile.Format(Recipe), resumes), (RecipeFile.Format(h.Recipe), h.Resumes)));
    }

    [Fact]
    public void Another_recipe_is_refused_with_what_differs()
    {
        var other = Recipe with { Training = Recipe.Training with { Epochs = 7 } };
        var failed = Assert.Throws<AggregateException>(() => ThreadRanks.Run(2, rank => Agree(rank, Recipe, other, new PatternImages(32), false)));
        Assert.Equal("Rank 1 has training.epochs = 7, and the first 3; start all ranks alike.", failed.InnerException!.Message);
    }

    [Fact]
    public void Other_images_are_refused_with_what_differs()
    {
        var failed = Assert.Throws<AggregateException>(() => ThreadRanks.Run(2, rank =>
            Agree(rank, Recipe, null, new PatternImages(rank.IsFirst ? 32 : 31), false)));
        Assert.Equal("patterns of rank 1 is not what the first rank has: it has 31 images and had 32; give all ranks the same images.",
            failed.InnerException!.Message);
    }

    [Fact]
    public void Where_one_is_interrupted_none_begins_a_step() => Assert.All(
        ThreadRanks.Run(2, rank => First(rank, new PatternImages(64), new CancellationToken(canceled: rank.Rank == 1))), Assert.False);

    [Fact]
    public void Otherwise_all_do() =>
        Assert.All(ThreadRanks.Run(2, rank => First(rank, new PatternImages(64), CancellationToken.None)), Assert.True);

    [Fact]
    public void What_one_cannot_read_any_more_ends_all_with_its_message()
    {
        var failures = ThreadRanks.Run(3, rank => Assert.Throws<InvalidDataException>(
            () => First(rank, new Broken(new PatternImages(64), rank.Rank == 2), CancellationToken.None)).Message);
        Assert.All(failures, f => Assert.Contains("of patterns cannot be read", f, StringComparison.Ordinal));
        Assert.Single(failures.Distinct());
    }

    private static (Recipe Recipe, bool Resumes) Agree(ICollective rank, Recipe first, Recipe? other, IDataset data, bool resumes)
    {
        if (!rank.IsFirst) return RankAgreement.Hear(rank, other, data);
        RankAgreement.Tell(rank, first, resumes, data);
        return (first, resumes);
    }

    // Whether a rank begins the first step.
    private static bool First(ICollective rank, IDataset data, CancellationToken cancellation)
    {
        var recipe = Recipe with { Training = Recipe.Training with { BatchSize = 12 } };
        var history = new RunHistory([], 0, RunProgress.None);
        using var views = new StepViews(recipe, data, history, history, rank, CPU, ScalarType.Float32);
        return views.First(0, recipe.Views.ImageSize, null, cancellation) is not null;
    }

    private sealed class Broken(IDataset images, bool isBroken) : IDataset
    {
        public string Name => images.Name;

        public int Count => images.Count;

        public IReadOnlyList<string> Classes => images.Classes;

        public Data.Images.Image8 Read(int index, Data.Images.ImageBuffer buffer) =>
            isBroken ? throw new InvalidDataException("broken") : images.Read(index, buffer);

        public int? Label(int index) => images.Label(index);

        public string ItemName(int index) => images.ItemName(index);
    }
}
