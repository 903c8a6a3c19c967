using System.Globalization;

namespace Byol.Comparison;

/// <summary>The gain of a trained option over the best one that needs no training.</summary>
/// <param name="Option">The trained one.</param>
/// <param name="Difference">Of accuracies, in the mean over the amounts of labels; −1 to 1.</param>
/// <param name="Margin">Half the width of its 95 % interval.</param>
/// <param name="P">Holm's corrected probability that it is not better and looks so by chance.</param>
/// <param name="ByLabels">The difference at each amount of labels.</param>
internal sealed record Gain(
    string Option, double Difference, double Margin, double P, IReadOnlyList<(string Labels, double Difference, double Margin)> ByLabels);

/// <summary>Whether pretraining helped.</summary>
/// <remarks>
/// Each option is represented by its best protocol at an amount of labels, as its user would use it. The best option that needs no training
/// is what a trained one must beat: in the mean over the amounts of labels, by <see cref="PairedTest"/> with Holm's correction for several
/// trained ones, one-sided at 5 %; and with the most labels, which are those that the user has, it must not be behind. Everything else is
/// "do not pretrain". That is a decision, not a proof that they are equal: where the images are too few to tell, the text says so.
/// </remarks>
/// <param name="Recommended">The option to use.</param>
/// <param name="Beaten">What it is compared with: the best option that needs no training.</param>
/// <param name="IsTrained">Whether the recommended one is a trained one.</param>
/// <param name="Gains">Of each trained option.</param>
internal sealed record Verdict(string Recommended, string Beaten, bool IsTrained, IReadOnlyList<Gain> Gains)
{
    private const double Significance = 0.05;

    /// <summary>Decides.</summary>
    /// <param name="options">All options; one at least needs no training.</param>
    /// <param name="images">The images that they classified.</param>
    public static Verdict Of(IReadOnlyList<OptionScores> options, TestedImages images)
    {
        var weights = images.Weights();
        var free = options.Where(o => !o.IsTrained).MaxBy(o => o.Mean(weights))!;
        var trained = options.Where(o => o.IsTrained).ToList();
        var tests = trained.Select(o => Compare(o, free, o.Amounts, images)).ToList();
        var corrected = PairedTest.Holm([.. tests.Select(t => t.P)]);
        var gains = trained.Select((o, i) => new Gain(o.Name, tests[i].Difference, tests[i].Margin, corrected[i],
            [.. o.Amounts.Select(a => (Labels: a, Test: Compare(o, free, [a], images)))
                .Select(a => (a.Labels, a.Test.Difference, a.Test.Margin))])).ToList();
        var winner = gains.Where(g => g.P < Significance && g.ByLabels[^1].Difference >= 0).MaxBy(g => g.Difference);
        return new Verdict(winner?.Option ?? free.Name, free.Name, winner is not null, gains);
    }

    /// <summary>Compares two options over some amounts of labels.</summary>
    internal static PairedTest Compare(OptionScores one, OptionScores other, IReadOnlyList<string> amounts, TestedImages images)
    {
        var weights = images.Weights();
        var cells = amounts.Select(a => (One: one.Best(a, weights), Other: other.Best(a, weights))).ToList();
        var draws = cells.Max(c => c.One.Correct.Count);
        var differences = Enumerable.Range(0, draws).Select(j =>
        {
            var sum = new double[images.Count];
            foreach (var (first, second) in cells)
            {
                var (a, b) = (first.Draw(j), second.Draw(j));
                for (var i = 0; i < sum.Length; i++) sum[i] += ((a[i] ? 1 : 0) - (b[i] ? 1 : 0)) / (double)cells.Count;
            }
            return sum;
        }).ToList();
        return PairedTest.Of(differences, images, Overlap([.. cells.Select(c => c.One).Where(c => c.Correct.Count > 1)]));
    }

    // Of scores that are means over amounts of labels: draws of a and of b share √(ρ_a·ρ_b) of what moves them.
    private static double Overlap(IReadOnlyList<ScoreCell> drawn) =>
        drawn.Count == 0 ? 0 : Math.Pow(drawn.Average(c => Math.Sqrt(c.Overlap)), 2);

    /// <summary>In plain words.</summary>
    /// <param name="use">What a user types or opens for an option.</param>
    public string Text(Func<string, string> use)
    {
        if (Gains.Count == 0) return $"Nothing was pretrained; of the rest {Beaten} is best: use {use(Beaten)}.";
        var best = IsTrained ? Gains.Single(g => g.Option == Recommended) : Gains.MaxBy(g => g.Difference)!;
        var figures = $"{Interval(best)}; {string.Join(", ", best.ByLabels.Select(l => $"{l.Labels}: {Signed(l.Difference)}"))}";
        if (IsTrained)
        {
            return $"{Capital(Recommended)} is {Points(best.Difference)} points better than {Beaten} in the mean over the amounts of labels "
                + $"({figures}); use {use(Recommended)}.";
        }
        var nothing = $"Nothing beats {Beaten} on these images; do not pretrain, use {use(Beaten)}.";
        return nothing + (best.Difference <= 0
            ? $" The nearest is {best.Option}, {Points(-best.Difference)} points behind ({figures})."
            : best.ByLabels[^1].Difference < 0 && best.P < Significance
                ? $" {Capital(best.Option)} is ahead with few labels and behind with the most ({figures})."
                : $" {Capital(best.Option)} is {Points(best.Difference)} points ahead ({figures}), which these images cannot tell from "
                    + "chance: label more of them to be sure.");
    }

    private static string Interval(Gain gain) => string.Create(CultureInfo.InvariantCulture,
        $"95 % interval {100 * (gain.Difference - gain.Margin):F1} to {100 * (gain.Difference + gain.Margin):F1}");

    private static string Points(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture);

    private static string Signed(double share) => (100 * share).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture);

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
