namespace Byol.Evaluation.Classification;

/// <summary>How far probabilities are from how often they are right: the expected calibration error over bins of equal mass.</summary>
/// <remarks>
/// Images are sorted by the probability of the label that they are given and cut into ten bins whose sizes differ by one at most (Nixon
/// et al. 2019: bins of equal width leave most images in one bin). ECE = Σ_b n_b/n·|accuracy of b − mean probability of b| (Naeini et al. 2015).
/// Of few images it is above 0 also where probabilities are right; <see cref="ByChance"/> says how far.
/// </remarks>
/// <param name="Error">The expected calibration error, 0 to 1.</param>
/// <param name="ByChance">What it would be in the mean if all probabilities were right: √(2/π) times the standard deviation of each bin's
/// accuracy, by the normal approximation.</param>
/// <param name="Bins">The bins, least probable first.</param>
internal sealed record Reliability(double Error, double ByChance, IReadOnlyList<ReliabilityBin> Bins)
{
    private const int Most = 10;

    /// <summary>Compares probabilities with what was right.</summary>
    /// <param name="probabilities">Of the label that each image was given.</param>
    /// <param name="correct">Whether the label was right.</param>
    public static Reliability Of(IReadOnlyList<double> probabilities, IReadOnlyList<bool> correct)
    {
        int[] order = [.. Enumerable.Range(0, probabilities.Count).OrderBy(i => probabilities[i]).ThenBy(i => i)];
        var (n, count) = (order.Length, Math.Min(Most, order.Length));
        var bins = new List<ReliabilityBin>();
        var (error, chance) = (0.0, 0.0);
        for (var b = 0; b < count; b++)
        {
            var members = order[(int)((long)n * b / count)..(int)((long)n * (b + 1) / count)];
            var bin = new ReliabilityBin(
                members.Length, members.Average(i => probabilities[i]), members.Average(i => correct[i] ? 1.0 : 0));
            bins.Add(bin);
            error += bin.Images * Math.Abs(bin.Accuracy - bin.Probability) / n;
            chance += Math.Sqrt(2 / Math.PI * members.Sum(i => probabilities[i] * (1 - probabilities[i]))) / n;
        }
        return new Reliability(error, chance, bins);
    }
}

/// <summary>Images of about the same probability.</summary>
/// <param name="Images">How many.</param>
/// <param name="Probability">Their mean probability.</param>
/// <param name="Accuracy">The share of them whose label was right.</param>
internal sealed record ReliabilityBin(int Images, double Probability, double Accuracy);
