namespace Byol.Training;

/// <summary>A run cannot be resumed with another recipe.</summary>
public sealed class RecipeConflictException : ArgumentException
{
    private RecipeConflictException(string folder, string key, string asked, string saved) : base(
        $"{key} = {asked} contradicts the run in {folder}, which has {saved} and keeps its recipe; "
        + "resume it with that value, or start a run in another folder.") =>
        Key = key;

    // Settings that affect neither weights nor metrics may differ when a run is resumed.
    private static readonly string[] Free =
        ["training.checkpoint_every", "training.checkpoints_kept", "training.loader_threads", "training.on_non_finite"];

    /// <summary>The setting, by its name in recipe files.</summary>
    internal string Key { get; }

    /// <summary>Throws if a run cannot be resumed with a recipe.</summary>
    internal static void ThrowIfAny(string folder, Recipe asked, Recipe saved)
    {
        if (RecipeKeys.Names(asked).Except(Free).FirstOrDefault(k => RecipeKeys.Get(asked, k) != RecipeKeys.Get(saved, k)) is { } key)
            throw new RecipeConflictException(folder, key, RecipeKeys.Get(asked, key), RecipeKeys.Get(saved, key));
    }
}
