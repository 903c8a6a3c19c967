namespace Byol.Training;

/// <summary>A run was to be resumed with another recipe than it has.</summary>
/// <param name="folder">The run's folder.</param>
/// <param name="key">The setting, as recipe files name it.</param>
/// <param name="asked">Its value in the recipe that was given.</param>
/// <param name="saved">Its value in the run's.</param>
public sealed class RecipeConflictException(string folder, string key, string asked, string saved) : ArgumentException(
    $"{key} = {asked} contradicts the run in {folder}, which has {saved} and keeps its recipe; "
    + "resume it with that value, or start a run in another folder.")
{
    // What decides neither weights nor metrics may be another where a run is resumed.
    private static readonly string[] Free =
        ["training.checkpoint_every", "training.checkpoints_kept", "training.loader_threads", "training.on_non_finite"];

    /// <summary>The setting.</summary>
    public string Key { get; } = key;

    /// <summary>Its value in the recipe that was given.</summary>
    public string Asked { get; } = asked;

    /// <summary>Its value in the run's recipe.</summary>
    public string Saved { get; } = saved;

    /// <summary>Throws where a run cannot be resumed with a recipe.</summary>
    internal static void ThrowIfAny(string folder, Recipe asked, Recipe saved)
    {
        if (RecipeKeys.Names(asked).Except(Free).FirstOrDefault(k => RecipeKeys.Get(asked, k) != RecipeKeys.Get(saved, k)) is { } key)
            throw new RecipeConflictException(folder, key, RecipeKeys.Get(asked, key), RecipeKeys.Get(saved, key));
    }
}
