using Byol.Evaluation;
using CsCheck;

namespace Byol.Tests.Evaluation;

public sealed class LabelSamplerTests
{
    // 10 classes in turn: 200 images are 20 of each.
    private static readonly EvaluationTask Task = new(Made.Dataset(200), Made.Dataset(20));

    private static readonly Gen<LabelBudget> Amounts =
        Gen.OneOf(Gen.Int[1, 20].Select(n => new LabelBudget(null, n)), Gen.Double[0.05, 0.99].Select(s => new LabelBudget(s, null)));

    [Fact]
    public void A_draw_is_balanced_repeats_nothing_and_has_as_many_as_asked() =>
        Gen.Select(Amounts, Gen.ULong, Gen.Int[0, 9]).Sample((amount, seed, draw) =>
        {
            var indices = LabelSampler.Indices(Task, amount, seed, draw);
            Assert.Equal(amount.Total(200, 10), indices.Length);
            Assert.Equal(indices.Distinct().Order(), indices);
            var counts = Enumerable.Range(0, 10).Select(c => indices.Count(i => Task.TrainLabels[i] == c)).ToList();
            Assert.InRange(counts.Max() - counts.Min(), 0, 1);
            Assert.Equal(indices, LabelSampler.Indices(Task, amount, seed, draw));
        }, iter: 100);

    [Fact]
    public void A_larger_draw_holds_the_smaller_one() =>
        Gen.Select(Amounts, Amounts, Gen.ULong).Sample((a, b, seed) =>
        {
            var (first, second) = (LabelSampler.Indices(Task, a, seed, 0), LabelSampler.Indices(Task, b, seed, 0));
            Assert.Empty(first.Length <= second.Length ? first.Except(second) : second.Except(first));
        }, iter: 100);

    [Fact]
    public void Seeds_and_draws_differ()
    {
        var amount = new LabelBudget(null, 5);
        var drawn = from seed in Enumerable.Range(0, 5) from draw in Enumerable.Range(0, 5)
                    select string.Join(' ', LabelSampler.Indices(Task, amount, (ulong)seed, draw));
        Assert.Equal(25, drawn.Distinct().Count());
    }

    [Fact]
    public void Every_image_is_drawn_about_as_often()
    {
        var counts = new int[200];
        for (var draw = 0; draw < 400; draw++)
        {
            foreach (var i in LabelSampler.Indices(Task, new LabelBudget(null, 5), 1, draw)) counts[i]++;
        }
        Assert.All(counts, c => Assert.InRange(c, 60, 140));   // 100 ± 8.7
    }

    [Fact]
    public void All_is_all() => Assert.Equal(Enumerable.Range(0, 200), LabelSampler.Indices(Task, LabelBudget.All, 1, 0));

    [Theory]
    [InlineData("1%", "Labels 1 % are 2 of 200 images, fewer than the 10 classes; use a LabelBudget of 1-per-class or more.")]
    [InlineData("21-per-class", "Labels 21 per class need 21 images of class", "which has 20 in made", "use a LabelBudget of 20-per-class or less, or all.")]
    public void More_than_there_are_or_too_few_is_said(string amount, params string[] words)
    {
        var message = Assert.Throws<ArgumentException>(() => LabelSampler.Indices(Task, LabelBudget.ParseList(amount)[0], 1, 0)).Message;
        Assert.All(words, w => Assert.Contains(w, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1%, 10%,5-per-class, ALL", "1 %; 10 %; 5 per class; all")]
    [InlineData("0.5%", "0.5 %")]
    [InlineData("100%", "all")]
    [InlineData("1%,1%", "1 %")]
    public void Amounts_are_read(string text, string expected) => Assert.Equal(expected, string.Join("; ", LabelBudget.ParseList(text)));

    [Theory]
    [InlineData("")]
    [InlineData("ten")]
    [InlineData("10")]
    [InlineData("0%")]
    [InlineData("101%")]
    [InlineData("-1%")]
    [InlineData("NaN%")]
    [InlineData("0-per-class")]
    [InlineData("x-per-class")]
    [InlineData("1%,5")]
    public void What_is_no_amount_is_refused_with_the_forms(string text) =>
        Assert.Contains("use for instance 1%, 10%, 5-per-class or all",
            Assert.Throws<ArgumentException>(() => LabelBudget.ParseList(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Folds_spread_every_class_and_leave_nothing_out() =>
        Gen.Select(Gen.Int[0, 3].Array[4, 60], Gen.Int[2, 5], Gen.ULong).Sample((labels, parts, seed) =>
        {
            var fold = LabelSampler.Folds(labels, parts, seed);
            Assert.All(fold, f => Assert.InRange(f, 0, parts - 1));
            var all = Enumerable.Range(0, labels.Length);
            foreach (var members in all.GroupBy(i => labels[i]).Append(all.GroupBy(_ => 0).Single()))
            {
                var sizes = Enumerable.Range(0, parts).Select(p => members.Count(i => fold[i] == p)).ToList();
                Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
            }
        }, iter: 100);

    [Theory]
    [InlineData("a,b", "a,b", "a,b")]
    [InlineData("0,1", "0,1,2", "0,1,2")]
    [InlineData("0,1,2", "0,1", "0,1,2")]
    [InlineData("a,b", "a,b,c", null)]
    [InlineData("0,1", "1,2", null)]
    [InlineData("0,1", "1,0", null)]
    [InlineData("a,b", "0,1", null)]
    public void Numbered_classes_go_together_where_one_list_begins_the_other(string first, string second, string? common) =>
        Assert.Equal(common?.Split(','), ClassNames.Common(first.Split(','), second.Split(',')));

    [Theory]
    [InlineData(false, 2, "has no labels")]
    [InlineData(true, 1, "All images of patterns are across; a classifier needs at least two classes")]
    public void A_task_that_cannot_be_is_refused(bool labeled, int count, string words) =>
        Assert.Contains(words, Assert.Throws<ArgumentException>(() =>
            new EvaluationTask(new PatternImages(count, labeled), new PatternImages(2))).Message, StringComparison.Ordinal);
}
