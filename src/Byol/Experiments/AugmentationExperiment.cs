using Byol.Data.Views;
using Byol.Training;

namespace Byol.Experiments;

/// <summary>What each part of the views is worth (BYOL, section 5 and figure 3b): it is taken away.</summary>
internal static class AugmentationExperiment
{
    /// <summary>The rows, from all augmentations to the crop alone.</summary>
    /// <param name="recipe">What they share.</param>
    public static Experiment Of(Recipe recipe)
    {
        var arms = new List<Arm>();
        Add("all augmentations", "all", 72.5, v => v);
        Add("no grayscale", "no-grayscale", 70.3, v => v with { GrayscaleProbability = 0 });
        Add("no color", "no-color", 63.4, WithoutColor);
        Add("crop and blur only", "crop-blur", 61.1, v => WithoutColor(v) with { FlipProbability = 0, SolarizeProbability = new(0, 0) });
        Add("crop only", "crop", 59.4,
            v => WithoutColor(v) with { FlipProbability = 0, SolarizeProbability = new(0, 0), BlurProbability = new(0, 0) });
        return new Experiment("augmentations", "What is each augmentation worth?", arms,
            [
                "Paper: figure 3b, ResNet-50, 300 epochs of ImageNet, 1,000 classes; no color: neither jitter nor grayscale.",
                "Two names joined by =: the recipe does not have what the row takes away, so the run is the same.",
            ]);

        // A recipe without grayscale gives the same run twice: it is trained once, and the row says so.
        void Add(string name, string folder, double paper, Func<ViewOptions, ViewOptions> remove)
        {
            var removed = recipe with { Views = remove(recipe.Views) };
            arms.Add(arms.Find(a => a.Recipe == removed) is { } same
                ? new Arm($"{name} = {same.Name}", same.Folder, removed, paper)
                : new Arm(name, folder, removed, paper));
        }
    }

    private static ViewOptions WithoutColor(ViewOptions views) => views with { JitterProbability = 0, GrayscaleProbability = 0 };
}
