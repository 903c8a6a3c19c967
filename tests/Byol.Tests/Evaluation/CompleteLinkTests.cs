using Byol.Evaluation;
using Byol.Tests.Embeddings;
using CsCheck;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

public sealed class CompleteLinkTests
{
    // Points on a few dimensions only, so that many are close and chains are long.
    [Theory]
    [InlineData(1, 0.9)]
    [InlineData(2, 0.97)]
    [InlineData(3, 0.5)]
    [InlineData(4, 0.995)]
    public void Groups_are_those_of_scikit_learn(ulong seed, double threshold)
    {
        using var scope = NewDisposeScope();
        var rows = NeighborsTests.Random(300, 4, (int)seed);
        var answer = Oracle.Ask("groups.py", [("rows", rows)], "complete", $"{threshold}");
        var expected = answer["groups"].data<long>().ToArray();
        var found = CompleteLink.Groups(300, CompleteLink.Pairs(rows, threshold, TestContext.Current.CancellationToken));
        // The same partition, whatever its parts are called.
        Assert.Equal(found.Distinct().Count(), found.Zip(expected).Distinct().Count());
        Assert.Equal(expected.Distinct().Count(), found.Zip(expected).Distinct().Count());
        Assert.InRange(found.Distinct().Count(), 5, 295);
    }

    [Fact]
    public void Every_two_of_a_group_are_close_and_no_two_groups_could_join() =>
        Gen.Select(Gen.ULong[1, 1000], Gen.Double[0.5, 0.999]).Sample((seed, threshold) =>
        {
            using var scope = NewDisposeScope();
            var rows = NeighborsTests.Random(80, 3, (int)seed);
            var pairs = CompleteLink.Pairs(rows, threshold);
            var close = pairs.Select(p => (p.First, p.Second)).ToHashSet();
            var groups = Enumerable.Range(0, 80).GroupBy(i => CompleteLink.Groups(80, pairs)[i]).Select(g => g.ToList()).ToList();
            Assert.All(groups, g => Assert.All(g.SelectMany(i => g.Where(j => i < j).Select(j => (i, j))), p => Assert.Contains(p, close)));
            for (var a = 0; a < groups.Count; a++)
            {
                for (var b = a + 1; b < groups.Count; b++)
                    Assert.Contains(groups[a].SelectMany(i => groups[b].Select(j => (Math.Min(i, j), Math.Max(i, j)))), p => !close.Contains(p));
            }
        }, iter: 20);

    [Fact]
    public void A_chain_is_cut() => Assert.Equal([0, 0, 2, 2],
        CompleteLink.Groups(4, [new ClosePair(0, 1, 0.99f), new ClosePair(1, 2, 0.98f), new ClosePair(2, 3, 0.97f)]));
}
