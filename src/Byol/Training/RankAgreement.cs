using System.Text;
using System.Text.Json;
using Byol.Data.Datasets;
using Byol.Distributed;

namespace Byol.Training;

/// <summary>What all ranks must be given alike: a recipe and images. The first rank says what it has, and each other compares.</summary>
internal static class RankAgreement
{
    private sealed record Told(string Recipe, bool Resumes, DatasetDigest Data);

    /// <summary>Says what the run is, once its folder is ready.</summary>
    /// <param name="ranks">Who hears it.</param>
    /// <param name="recipe">The run's.</param>
    /// <param name="resumes">Whether there may be a checkpoint.</param>
    /// <param name="data">The run's.</param>
    public static void Tell(ICollective ranks, Recipe recipe, bool resumes, IDataset data)
    {
        if (ranks.Count > 1)
            ranks.Broadcast(JsonSerializer.SerializeToUtf8Bytes(new Told(RecipeFile.Format(recipe), resumes, DatasetDigest.Of(data))));
    }

    /// <summary>Waits until the first rank says what the run is, and compares.</summary>
    /// <param name="ranks">Who trains together.</param>
    /// <param name="recipe">What this rank was given; null for the run's own.</param>
    /// <param name="data">Its images.</param>
    /// <returns>The run's recipe, and whether there may be a checkpoint.</returns>
    /// <exception cref="ArgumentException">This rank was given something else.</exception>
    public static (Recipe Recipe, bool Resumes) Hear(ICollective ranks, Recipe? recipe, IDataset data)
    {
        var told = JsonSerializer.Deserialize<Told>(Encoding.UTF8.GetString(ranks.Broadcast(null)))!;
        var first = RecipeFile.Parse(told.Recipe, "the first rank's recipe");
        if (recipe is not null && RecipeKeys.Names(recipe).FirstOrDefault(n => Differs(first, recipe, n)) is { } other)
        {
            throw new ArgumentException($"Rank {ranks.Rank} has {other} = {RecipeKeys.Get(recipe, other)}, and the first "
                + $"{(RecipeKeys.Names(first).Contains(other) ? RecipeKeys.Get(first, other) : "does not have it")}; start all ranks alike.");
        }
        if (DatasetDigest.Of(data).ChangeSince(told.Data) is { } change)
        {
            throw new ArgumentException(
                $"{data.Name} of rank {ranks.Rank} is not what the first rank has: {change}; give all ranks the same images.");
        }
        return (first, told.Resumes);
    }

    private static bool Differs(Recipe first, Recipe own, string name) =>
        !RecipeKeys.Names(first).Contains(name) || RecipeKeys.Get(first, name) != RecipeKeys.Get(own, name);
}
