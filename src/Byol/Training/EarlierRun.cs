namespace Byol.Training;

/// <summary>Runs that an earlier version began: what it could not say does not contradict the recipe that they are resumed with.</summary>
internal static class EarlierRun
{
    private const string Neighbors = "training.knn_neighbors";

    /// <summary>A recipe with the settings of a run in it that the run's version did not have, and its neighbors where none are asked for:
    /// earlier versions named their number.</summary>
    /// <param name="asked">What the run is to be resumed with.</param>
    /// <param name="saved">The run's recipe.</param>
    /// <param name="named">The settings that stand in its file.</param>
    /// <returns>The recipe, and what of it the run decided: <c>name = value</c>.</returns>
    public static (Recipe Recipe, IReadOnlyList<string> Kept) Reconcile(Recipe asked, Recipe saved, IReadOnlySet<string> named)
    {
        var kept = new List<string>();
        foreach (var name in RecipeKeys.Names(asked).Intersect(RecipeKeys.Names(saved)))
        {
            var isFree = !named.Contains(name) || (name == Neighbors && asked.Training.KnnNeighbors == 0);
            if (!isFree || RecipeKeys.Get(asked, name) == RecipeKeys.Get(saved, name)) continue;
            asked = RecipeFile.Set(asked, $"{name}={RecipeKeys.Get(saved, name)}");
            kept.Add($"{name} = {RecipeKeys.Get(saved, name)}");
        }
        return (asked, kept);
    }
}
