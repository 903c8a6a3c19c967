namespace Byol.Tests.Views;

/// <summary>Bounds wide enough for fixed seeds to pass for good, and narrow enough for a wrong distribution to fail.</summary>
internal static class Statistics
{
    /// <summary>Fails where a count lies more than five standard deviations from what a probability expects.</summary>
    public static void AssertFrequency(int count, int draws, double probability)
    {
        var deviation = Math.Sqrt(draws * probability * (1 - probability));
        Assert.True(Math.Abs(count - draws * probability) <= 5 * deviation,
            $"{count} of {draws}, where {probability * draws:F0} were expected.");
    }

    /// <summary>Kolmogorov and Smirnov: fails where values are not uniform in 0 to 1, at a significance of 0.001.</summary>
    public static void AssertUniform(double[] values, double slack = 0)
    {
        Array.Sort(values);
        var distance = values
            .Select((v, i) => Math.Max(Math.Abs(v - (double)i / values.Length), Math.Abs((i + 1.0) / values.Length - v))).Max();
        var bound = 1.95 / Math.Sqrt(values.Length) + slack;
        Assert.True(distance <= bound, $"Distance {distance:F4} from uniform, above {bound:F4}.");
    }

    /// <summary>The same of two samples against each other.</summary>
    public static void AssertSameDistribution(double[] first, double[] second)
    {
        Array.Sort(first);
        Array.Sort(second);
        var (i, j, distance) = (0, 0, 0.0);
        while (i < first.Length && j < second.Length)
        {
            var value = Math.Min(first[i], second[j]);
            while (i < first.Length && first[i] == value) i++;
            while (j < second.Length && second[j] == value) j++;
            distance = Math.Max(distance, Math.Abs((double)i / first.Length - (double)j / second.Length));
        }
        var bound = 1.95 * Math.Sqrt((double)(first.Length + second.Length) / first.Length / second.Length);
        Assert.True(distance <= bound, $"Distance {distance:F4} between the two, above {bound:F4}.");
    }
}
