namespace Byol.Training;

/// <summary>The recipes that programs begin with; <see cref="RecipeFile.Names"/> are all that come with the library. Each file says what
/// it was measured to reach, and on what.</summary>
public static class Recipes
{
    /// <summary>Continues an encoder that others trained, on your own photographs; <see cref="Recipe.For"/> says which.</summary>
    public static Recipe Adapt => RecipeFile.Open("adapt");

    /// <summary>A folder of photographs.</summary>
    public static Recipe Folder => RecipeFile.Open("folder");

    /// <summary>The images that come with the library, in minutes.</summary>
    public static Recipe Quickstart => RecipeFile.Open("quickstart");
}
