using System.Globalization;
using Byol.Training;

namespace Byol.Comparison;

/// <summary>All that decides the scores of a comparison, as lines: a folder holds one comparison. The budget is not among them: more time
/// may be given to one that has begun.</summary>
internal static class ComparisonSettings
{
    /// <summary>The settings.</summary>
    /// <param name="plan">What is compared.</param>
    /// <param name="images">The images.</param>
    /// <param name="amounts">Amounts of labels.</param>
    public static string[] Of(ComparisonPlan plan, ComparedImages images, IReadOnlyList<LabelAmount> amounts) =>
    [
        "byol comparison 2",
        $"images to pretrain on: {images.DataDigest}", $"labeled images: {images.Digest}",
        $"labels: {string.Join(", ", amounts.Select(a => a.Budget))}, {plan.Draws} draws, seed {plan.Seed}",
        string.Create(CultureInfo.InvariantCulture, $"fine-tuning: {plan.FineTune}"),
        $"pretrained: {Pretrained(plan)}",
        .. Lines("from random", plan.FromRandom), .. Lines("continued", plan.Pretrained?.Recipe),
    ];

    // A name may come to mean other weights, and a run is trained on.
    private static string Pretrained(ComparisonPlan plan)
    {
        if (plan.Pretrained is not { } pretrained) return "none";
        using var encoder = pretrained.Open();
        return $"{pretrained.Name}, weights {encoder.Description.Weights}";
    }

    private static IEnumerable<string> Lines(string name, Recipe? recipe) => recipe is null ? []
        : RecipeFile.Format(recipe, []).Split('\n').Where(l => l.Contains('=', StringComparison.Ordinal)).Select(l => $"{name}: {l}");
}
