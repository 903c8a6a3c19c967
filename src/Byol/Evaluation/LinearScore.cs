namespace Byol.Evaluation;

/// <summary>How well a linear probe classifies with an encoder's features as they are now, as balanced accuracy, 0 to 1.</summary>
internal static class LinearScore
{
    private const int MostLabels = 10_000, Parts = 5;

    /// <summary>Learns from labeled features, <see cref="MostLabels"/> of them at most, and classifies others.</summary>
    /// <param name="labeled">Features and labels to learn from.</param>
    /// <param name="queries">Features to classify, with their labels in the same numbering.</param>
    /// <param name="seed">Draws what is drawn.</param>
    /// <param name="warn">Receives a line if a fit did not reach its minimum.</param>
    public static double Of(FeatureBank labeled, FeatureBank queries, ulong seed, Action<string> warn)
    {
        var parts = (labeled.Labels.Count + MostLabels - 1) / MostLabels;
        var part = LabelSampler.Folds(labeled.Labels, parts, seed);
        using var some = labeled.Select([.. Enumerable.Range(0, part.Length).Where(i => part[i] == 0)]);
        return Confusion(some, queries, seed, warn).BalancedAccuracy;
    }

    /// <summary>The same if there are no others: each fifth of the images is classified by a probe that learned from the rest.</summary>
    /// <param name="labeled">Features and labels.</param>
    /// <param name="seed">Draws what is drawn.</param>
    /// <param name="warn">Receives a line if a fit did not reach its minimum.</param>
    public static double CrossValidated(FeatureBank labeled, ulong seed, Action<string> warn)
    {
        var part = LabelSampler.Folds(labeled.Labels, Parts, seed);
        return ConfusionMatrix.Sum([.. Enumerable.Range(0, Parts).Select(Fold).OfType<ConfusionMatrix>()]).BalancedAccuracy;

        ConfusionMatrix? Fold(int number)
        {
            int[] held = [.. Enumerable.Range(0, part.Length).Where(i => part[i] == number)];
            int[] rest = [.. Enumerable.Range(0, part.Length).Where(i => part[i] != number)];
            if (held.Length == 0 || rest.Select(i => labeled.Labels[i]).Distinct().Count() < 2) return null;
            using var train = labeled.Select(rest);
            using var queries = labeled.Select(held);
            return Confusion(train, queries, seed, warn);
        }
    }

    private static ConfusionMatrix Confusion(FeatureBank labeled, FeatureBank queries, ulong seed, Action<string> warn)
    {
        using var probe = FeatureProbe.Scaled("linear probe", labeled, queries, Standardization.Of,
            (train, others, draw) => LinearProbe.Scores(train, others, draw, warn));
        using var scores = probe.Scores([.. Enumerable.Range(0, labeled.Labels.Count)], seed);
        return ClassificationResult.Of(scores, queries.Labels).Confusion;
    }
}
