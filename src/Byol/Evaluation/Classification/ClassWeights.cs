namespace Byol.Evaluation.Classification;

/// <summary>What images count where classes are unequal: scikit-learn's <c>class_weight="balanced"</c>.</summary>
internal static class ClassWeights
{
    /// <summary>n/(K·n_c) for each class, with n images and K classes that have any: so every class counts the same in all.</summary>
    /// <param name="labels">Class indices.</param>
    /// <param name="classes">Number of classes.</param>
    /// <returns>One for each class; 0 if it has no image.</returns>
    public static double[] Balanced(IReadOnlyList<int> labels, int classes)
    {
        var counts = new int[classes];
        foreach (var label in labels) counts[label]++;
        var present = counts.Count(c => c > 0);
        return [.. counts.Select(c => c == 0 ? 0 : (double)labels.Count / present / c)];
    }

    /// <summary>What each image counts in a fit.</summary>
    /// <param name="labels">N class indices.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="fitted">Whether the fit learns from an image; null if it does from all.</param>
    /// <param name="balanced">Whether classes count the same; otherwise images do.</param>
    /// <returns>N of them with the sum 1; 0 for an image that the fit does not learn from.</returns>
    public static double[] Shares(IReadOnlyList<int> labels, int classes, bool[]? fitted, bool balanced)
    {
        int[] counted = [.. labels.Where((_, i) => fitted?[i] ?? true)];
        var weights = balanced ? Balanced(counted, classes) : [.. Enumerable.Repeat(1.0, classes)];
        return [.. labels.Select((label, i) => fitted?[i] ?? true ? weights[label] / counted.Length : 0)];
    }
}
