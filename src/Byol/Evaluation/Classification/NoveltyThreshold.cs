namespace Byol.Evaluation.Classification;

/// <summary>A novelty that few of the known images exceed.</summary>
public sealed class NoveltyThreshold
{
    internal NoveltyThreshold(double share, double value) => (Share, Value) = (share, value);

    /// <summary>The share of known images whose novelty is at most this, for instance 0.99.</summary>
    public double Share { get; }

    /// <summary>The novelty.</summary>
    public double Value { get; }

    /// <summary>The shares that have a threshold, in ascending order.</summary>
    internal static IReadOnlyList<double> Shares { get; } = [0.9, 0.95, 0.99];

    /// <summary>Thresholds from the novelty of known images that were not among their own references.</summary>
    /// <remarks>The ⌈(n + 1)·share⌉-th smallest of n, so that in the mean at most 1 − share of new images of the same kind are above it
    /// (Vovk et al. 2005, chapter 4); the largest if n is too small for that.</remarks>
    /// <param name="novelty">n numbers.</param>
    internal static IReadOnlyList<NoveltyThreshold> Of(IReadOnlyCollection<double> novelty)
    {
        double[] sorted = [.. novelty.Order()];
        return [.. Shares.Select(s => new NoveltyThreshold(
            s, sorted[Math.Min(sorted.Length, (int)Math.Ceiling((sorted.Length + 1) * s - 1e-9)) - 1]))];
    }
}
