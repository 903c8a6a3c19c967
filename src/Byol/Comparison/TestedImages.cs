namespace Byol.Comparison;

/// <summary>The images that every option classifies, as far as the comparison must know them.</summary>
/// <param name="labels">M class indices.</param>
/// <param name="groups">M group numbers: near-duplicates have one in common.</param>
/// <param name="balanced">Whether every class counts the same, however many images it has.</param>
internal sealed class TestedImages(IReadOnlyList<int> labels, IReadOnlyList<int> groups, bool balanced)
{
    private readonly int[] _groups = Ranks(groups);
    private readonly int[] _strata = balanced ? Ranks(labels) : new int[labels.Count];    // the classes where they count the same

    /// <summary>M.</summary>
    public int Count => labels.Count;

    /// <summary>Whether every class counts the same.</summary>
    public bool Balanced => balanced;

    /// <summary>How many groups there are.</summary>
    public int Groups { get; } = groups.Distinct().Count();

    /// <summary>The same images, every class counting the same.</summary>
    public TestedImages ByClass() => new(labels, groups, balanced: true);

    /// <summary>What each image counts; 1 in all.</summary>
    public double[] Weights()
    {
        var counts = Counts();
        return [.. _strata.Select(s => 1.0 / counts.Length / counts[s])];
    }

    /// <summary>For each group the sum of its images' weighted deviations from the mean of their stratum: what the images of the sample
    /// being these and no others does to a score. Scaled so that the sum of squares estimates a variance without bias.</summary>
    /// <param name="values">M values.</param>
    public double[] Deviations(double[] values)
    {
        var counts = Counts();
        var means = new double[counts.Length];
        for (var i = 0; i < values.Length; i++) means[_strata[i]] += values[i] / counts[_strata[i]];
        double[] scale = [.. counts.Select(n => Math.Sqrt(n / Math.Max(1.0, n - 1)) / n / counts.Length)];
        var sums = new double[Groups];
        for (var i = 0; i < values.Length; i++) sums[_groups[i]] += scale[_strata[i]] * (values[i] - means[_strata[i]]);
        return sums;
    }

    private int[] Counts()
    {
        var counts = new int[_strata.Max() + 1];
        foreach (var stratum in _strata) counts[stratum]++;
        return counts;
    }

    private static int[] Ranks(IReadOnlyList<int> values)
    {
        var rank = values.Distinct().Order().Select((value, i) => (value, i)).ToDictionary(v => v.value, v => v.i);
        return [.. values.Select(v => rank[v])];
    }
}
