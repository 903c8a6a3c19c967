namespace Byol.Training;

/// <summary>The recipes that programs begin with; <see cref="RecipeFile.Names"/> are all that come with the library. Each file states its
/// measured results, and the machine.</summary>
public static class Recipes
{
    /// <summary>Continues an encoder that others trained, on your own photographs; <see cref="Recipe.For"/> takes the encoder.</summary>
    public static Recipe Adapt => RecipeFile.Open("adapt");

    /// <summary>For a folder of photographs.</summary>
    public static Recipe Folder => RecipeFile.Open("folder");

    /// <summary>For the images that come with the library, in minutes.</summary>
    public static Recipe Quickstart => RecipeFile.Open("quickstart");
}
