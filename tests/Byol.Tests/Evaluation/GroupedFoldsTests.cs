using Byol.Evaluation;
using CsCheck;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

public sealed class GroupedFoldsTests
{
    // Classes of unequal size, groups of 1 to 6, a few of them of two classes.
    private static (int[] Labels, int[] Groups) Draw(int images, int classes, ulong seed)
    {
        var random = new Random((int)seed);
        var (labels, groups) = (new List<int>(), new List<int>());
        for (var group = 0; labels.Count < images; group++)
        {
            var label = (int)(classes * Math.Pow(random.NextDouble(), 2));
            var other = random.NextDouble() < 0.1 ? random.Next(classes) : label;
            for (var i = random.Next(1, 7); i > 0; i--)
            {
                labels.Add(i % 2 == 0 ? other : label);
                groups.Add(group);
            }
        }
        return ([.. labels], [.. groups]);
    }

    [Fact]
    public void Groups_stay_whole_and_the_same_seed_gives_the_same_folds() =>
        Gen.Select(Gen.Int[20, 400], Gen.Int[2, 7], Gen.Int[2, 6], Gen.ULong[0, 100000]).Sample((images, classes, parts, seed) =>
        {
            var (labels, groups) = Draw(images, classes, seed);
            if (groups.Distinct().Count() < parts) return;
            var drawn = GroupedFolds.Draw(labels, groups, parts, seed);
            Assert.All(drawn, part => Assert.InRange(part, 0, parts - 1));
            Assert.Equal(groups.Distinct().Count(), groups.Zip(drawn).Distinct().Count());
            Assert.Equal(drawn, GroupedFolds.Draw(labels, groups, parts, seed));
        }, iter: 200);

    [Fact]
    public void Where_every_image_is_its_own_group_classes_and_folds_differ_by_at_most_one() =>
        Gen.Select(Gen.Int[10, 300], Gen.Int[2, 7], Gen.Int[2, 6], Gen.ULong[0, 100000]).Sample((images, classes, parts, seed) =>
        {
            var (labels, _) = Draw(images, classes, seed);
            var drawn = GroupedFolds.Draw(labels, [.. Enumerable.Range(0, labels.Length)], parts, seed);
            for (var label = 0; label < classes; label++)
            {
                var counts = Counts(drawn.Where((_, i) => labels[i] == label), parts);
                Assert.InRange(counts.Max() - counts.Min(), 0, 1);
            }
            var sizes = Counts(drawn, parts);
            Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
        }, iter: 200);

    // Its own measure: how much a class's share of a fold varies, in the mean of the classes.
    [Theory]
    [InlineData(100, 3)]
    [InlineData(300, 4)]
    [InlineData(800, 6)]
    public void Classes_are_at_least_as_even_as_in_scikit_learns(int images, int classes)
    {
        using var scope = NewDisposeScope();
        var (ours, theirs) = (0.0, 0.0);
        for (var seed = 1UL; seed <= 3; seed++)
        {
            var (labels, groups) = Draw(images, classes, seed);
            var answer = Oracle.Ask("groups.py",
                [("labels", tensor(labels.Select(l => (long)l).ToArray())), ("groups", tensor(groups.Select(g => (long)g).ToArray()))],
                "folds", "5");
            ours += Unevenness(labels, GroupedFolds.Draw(labels, groups, 5, seed));
            theirs += Unevenness(labels, [.. answer["parts"].data<long>().ToArray().Select(p => (int)p)]);
        }
        Assert.InRange(ours, 0, theirs);
    }

    [Fact]
    public void Seeds_differ()
    {
        var (labels, groups) = Draw(200, 4, 1);
        Assert.Equal(5, Enumerable.Range(0, 5).Select(s => string.Join(' ', GroupedFolds.Draw(labels, groups, 5, (ulong)s))).Distinct().Count());
    }

    [Fact]
    public void Fewer_groups_than_folds_are_refused() =>
        Assert.Contains("2 groups", Assert.Throws<ArgumentException>(() => GroupedFolds.Draw([0, 0, 1, 1], [7, 7, 9, 9], 3, 1)).Message);

    private static double Unevenness(int[] labels, int[] parts) => labels.Distinct().Average(label =>
    {
        var counts = Counts(parts.Where((_, i) => labels[i] == label), 5);
        return Math.Sqrt(counts.Select(c => Math.Pow(c - counts.Average(), 2)).Average()) / counts.Sum();
    });

    private static int[] Counts(IEnumerable<int> drawn, int parts)
    {
        var counts = new int[parts];
        foreach (var part in drawn) counts[part]++;
        return counts;
    }
}
