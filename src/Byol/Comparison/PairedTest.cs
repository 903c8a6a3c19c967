namespace Byol.Comparison;

/// <summary>How much better one option is than another on the same draws of labels and the same images, and how sure that is.</summary>
/// <remarks>
/// What is not the same the next time: which images are classified, and which labels are drawn. Both are shared by all figures, so they are
/// two crossed random factors, and the variance of the difference is the sum of both parts (as where all readers see all cases: Dorfman,
/// Berbaum and Metz 1992): images: the deviations of the images' mean differences, near-duplicates summed up as one, within classes where
/// these count the same; draws: the variance of the draws' differences, less what the images make of it already, times 1/J + ρ/(1 − ρ).
/// Draws from a pool of few labels share a part ρ of them and so vary less than draws of fresh labels would (Nadeau and Bengio 2003).
/// Degrees of freedom are Satterthwaite's. If there is one draw, all labels, the labels are part of what is compared. How often it is
/// wrong: <c>VerdictSimulationTests</c>.
/// </remarks>
/// <param name="Difference">Of accuracies, 0 to 1; balanced ones if classes count the same.</param>
/// <param name="StandardError">Of it.</param>
/// <param name="DegreesOfFreedom">ν of its t distribution.</param>
internal sealed record PairedTest(double Difference, double StandardError, double DegreesOfFreedom)
{
    private const double MostOverlap = 0.9;

    /// <summary>The probability of such a difference or a larger one where the first is not better.</summary>
    public double P => StandardError > 0 ? StudentT.Tail(Difference / StandardError, DegreesOfFreedom) : Difference > 0 ? 0 : 1;

    /// <summary>Half the width of the 95 % interval.</summary>
    public double Margin => StandardError > 0 ? StudentT.Quantile(0.025, DegreesOfFreedom) * StandardError : 0;

    /// <summary>Compares.</summary>
    /// <param name="differences">[J][M]: for each draw and image what the first option got, 0 or 1, less what the second got.</param>
    /// <param name="images">The M images.</param>
    /// <param name="overlap">ρ: the part of its labels that a draw shares with another, 0 to 1.</param>
    public static PairedTest Of(IReadOnlyList<double[]> differences, TestedImages images, double overlap)
    {
        var weights = images.Weights();
        var means = new double[images.Count];
        foreach (var difference in differences)
        {
            for (var i = 0; i < means.Length; i++) means[i] += difference[i] / differences.Count;
        }
        var ofGroups = images.Deviations(means);
        var scale = images.Groups / Math.Max(1.0, images.Groups - 1);
        double[] squares = [.. ofGroups.Select(d => d * d)];
        var ofImages = scale * squares.Sum();
        var imagesFreedom = Math.Max(1, squares.Sum() * squares.Sum() / Math.Max(double.Epsilon, squares.Sum(s => s * s)));

        var (draws, ofDraws) = (differences.Count, 0.0);
        if (draws > 1)
        {
            double[] scores = [.. differences.Select(d => d.Select((value, i) => weights[i] * value).Sum())];
            var interaction = scale / (draws - 1)
                * differences.Sum(d => images.Deviations([.. d.Select((value, i) => value - means[i])]).Sum(s => s * s));
            var shared = Math.Min(overlap, MostOverlap);
            ofDraws = Math.Max(0, Variance(scores) - interaction) * (1.0 / draws + shared / (1 - shared));
        }
        var variance = ofImages + ofDraws;
        var freedom = variance * variance
            / Math.Max(double.Epsilon, ofImages * ofImages / imagesFreedom + (draws > 1 ? ofDraws * ofDraws / (draws - 1) : 0));
        return new PairedTest(weights.Select((w, i) => w * means[i]).Sum(), Math.Sqrt(variance), Math.Max(1, freedom));
    }

    /// <summary>Holm's correction (1979): p-values that may all be compared with one limit, which then is the probability that any of them
    /// is below it by chance.</summary>
    /// <param name="p">As they were found.</param>
    /// <returns>In the same order.</returns>
    public static double[] Holm(IReadOnlyList<double> p)
    {
        var (corrected, highest) = (new double[p.Count], 0.0);
        foreach (var (rank, i) in Enumerable.Range(0, p.Count).OrderBy(i => p[i]).Index())
            corrected[i] = highest = Math.Max(highest, Math.Min(1, p[i] * (p.Count - rank)));
        return corrected;
    }

    private static double Variance(double[] values)
    {
        var mean = values.Average();
        return values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1);
    }
}
