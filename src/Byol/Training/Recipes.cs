namespace Byol.Training;

/// <summary>The recipes that come with the library; each file says what it was measured to reach, and on what.</summary>
public static class Recipes
{
    /// <summary>Continues an encoder that others trained, on your own photographs; <see cref="Recipe.For"/> says which.</summary>
    public static Recipe Adapt => RecipeFile.Open("adapt");

    /// <summary>CIFAR-10 at the size of the literature.</summary>
    public static Recipe Cifar10 => RecipeFile.Open("cifar10");

    /// <summary>CIFAR-10 in an hour on two cores.</summary>
    public static Recipe Cifar10Hour => RecipeFile.Open("cifar10-hour");

    /// <summary>CIFAR-10 on a processor.</summary>
    public static Recipe Cifar10Small => RecipeFile.Open("cifar10-small");

    /// <summary>A folder of photographs.</summary>
    public static Recipe Folder => RecipeFile.Open("folder");

    /// <summary>ImageNet for 100 epochs.</summary>
    public static Recipe ImageNet100 => RecipeFile.Open("imagenet-100");

    /// <summary>ImageNet for 300 epochs.</summary>
    public static Recipe ImageNet300 => RecipeFile.Open("imagenet-300");

    /// <summary>ImageNet for 1000 epochs, as in the paper.</summary>
    public static Recipe ImageNet1000 => RecipeFile.Open("imagenet-1000");

    /// <summary>A program of 200 lines that deviates from the paper, repeated.</summary>
    public static Recipe Note => RecipeFile.Open("note");

    /// <summary>The images that come with the library, in minutes.</summary>
    public static Recipe Quickstart => RecipeFile.Open("quickstart");
}
