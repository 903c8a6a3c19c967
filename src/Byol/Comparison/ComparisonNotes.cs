using System.Globalization;
using Byol.Runs;
using Byol.Training;

namespace Byol.Comparison;

/// <summary>Notes to the figures.</summary>
internal static class ComparisonNotes
{
    /// <summary>What is known of the images before anything is scored.</summary>
    public static IEnumerable<string> Of(ComparedImages images)
    {
        if (images.Across > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{images.Across:N0} of {images.Images.Count:N0} images that are classified are near-duplicates of labeled ones: the "
                + $"figures, those of raw pixels above all, are too high for others; compare in folds, without images to classify of their "
                + $"own, to have them apart.");
        }
        if (images.PretrainedOn > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{images.PretrainedOn:N0} of {images.Distinct:N0} images that are classified are among those to pretrain on, which uses "
                + $"no label: fair where such images are at hand before they are classified; otherwise leave them out of the images to "
                + $"pretrain on.");
        }
    }

    /// <summary>What guessing has, and what the spread is over.</summary>
    public static string Footing(ComparedImages images, int draws) => string.Create(CultureInfo.InvariantCulture,
        $"Guessing one of {images.Whole.Classes.Count} classes has {100 * images.Whole.Chance:F1} %, always "
        + $"\"{images.Whole.MajorityClass}\" {100 * images.Whole.MajorityShare:F1} % of the images. Mean ± standard deviation over "
        + $"{draws} draws of the labels, the same for all; each pretraining ran once.");

    /// <summary>A note that an option was trained too little to be judged by; null if it was trained enough.</summary>
    /// <param name="option">The option.</param>
    /// <param name="folder">Its run.</param>
    /// <param name="images">Images that it was trained on.</param>
    /// <param name="left">Time of the budget that is left over.</param>
    public static string? TooShort(string option, string folder, int images, TimeSpan left)
    {
        var recipe = RecipeFile.Open(RunDirectory.RecipeIn(folder));
        var steps = PretrainingRun.ReadLog(folder).Select(r => r.Step).DefaultIfEmpty(0).Max();
        var began = File.Exists(RunDirectory.InitialIn(folder));
        if (new Shortfall(recipe, images, began).Of(steps) is not { } found) return null;
        var remedy = steps >= recipe.Training.MaxSteps ? ""
            : left > recipe.Training.Budget ? $" The budget has more time now: remove {folder}, and the same comparison trains it again."
            : " Compare with a larger budget.";
        return string.Create(CultureInfo.InvariantCulture,
            $"{option} was trained for {recipe.Training.Budget.TotalMinutes:0.0} minutes at most, and its figures say little about "
            + $"pretraining: {found}.{remedy}");
    }
}
