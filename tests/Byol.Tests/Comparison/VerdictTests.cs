using Byol.Comparison;

namespace Byol.Tests.Comparison;

public sealed class VerdictTests
{
    private static readonly TestedImages Images = new([.. Enumerable.Range(0, 200).Select(i => i % 2)], [.. Enumerable.Range(0, 200)], false);

    [Fact]
    public void Of_two_trained_options_that_help_the_better_is_recommended()
    {
        var verdict = Verdict.Of([Option("frozen", false, 60, 60), Option("scratch", true, 80, 80), Option("continued", true, 90, 90)], Images);
        Assert.Equal(("continued", "frozen", true), (verdict.Recommended, verdict.Beaten, verdict.IsTrained));
        Assert.Equal("Continued is 30.0 points better than frozen in the mean over the amounts of labels (95 % interval 23.5 to 36.5; "
            + "5 per class: +30.0, all: +30.0); use runs/x/continued.", verdict.Text(o => $"runs/x/{o}"));
    }

    [Fact]
    public void The_best_that_needs_no_training_is_what_must_be_beaten()
    {
        var verdict = Verdict.Of(
            [Option("raw pixels", false, 90, 90), Option("frozen", false, 60, 60), Option("continued", true, 80, 80)], Images);
        Assert.Equal(("raw pixels", false), (verdict.Recommended, verdict.IsTrained));
        Assert.StartsWith(
            "Nothing beats raw pixels on these images; do not pretrain, use raw pixels.", verdict.Text(o => o), StringComparison.Ordinal);
    }

    // 20 points ahead with five labels, 4 behind with those that the user has.
    [Fact]
    public void One_that_is_behind_with_the_most_labels_is_not_recommended()
    {
        var verdict = Verdict.Of([Option("frozen", false, 60, 92), Option("continued", true, 80, 88)], Images);
        Assert.False(verdict.IsTrained);
        Assert.True(verdict.Gains[0].P < 0.05);
        Assert.Contains("ahead with few labels and behind with the most", verdict.Text(o => o), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lead_that_chance_explains_is_said_and_not_followed()
    {
        var verdict = Verdict.Of([Option("frozen", false, 60, 60), Option("continued", true, 61, 61)], Images);
        Assert.False(verdict.IsTrained);
        Assert.Contains("cannot tell from chance", verdict.Text(o => o), StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_stands_for_itself_by_its_best_protocol()
    {
        var frozen = Option("frozen", false, 90, 90);
        var worse = Option("frozen", false, 30, 30).Cells.Select(c => c with { Protocol = "kNN" });
        var twofold = frozen with { Cells = [.. worse, .. frozen.Cells] };
        var continued = Option("continued", true, 80, 80);
        Assert.Equal("frozen", Verdict.Of([twofold, continued with { Cells = [.. continued.Cells, .. continued.Cells] }], Images).Recommended);
    }

    [Fact]
    public void Where_nothing_differs_nothing_is_found()
    {
        var verdict = Verdict.Of([Option("frozen", false, 60, 60), Option("continued", true, 60, 60)], Images);
        Assert.Equal((0.0, 1.0, false), (verdict.Gains[0].Difference, verdict.Gains[0].P, verdict.IsTrained));
    }

    [Fact]
    public void Holms_correction() => Assert.Equal(
        [0.04, 0.06, 0.06, 0.9], PairedTest.Holm([0.01, 0.03, 0.02, 0.9]).Select(p => Math.Round(p, 12)));

    // 5 per class in two draws, all in one; both options are right on the same images first.
    private static OptionScores Option(string name, bool trained, int percentOfFew, int percentOfAll) => new(name, trained,
    [
        new ScoreCell("linear", "5 per class", 10, 0.1, [Right(percentOfFew), Right(percentOfFew)]),
        new ScoreCell("linear", "all", 100, 0, [Right(percentOfAll)]),
    ]);

    private static bool[] Right(int percent) => [.. Enumerable.Range(0, 200).Select(i => i < 2 * percent)];
}
