using Byol.Embeddings;
using static TorchSharp.torch;

namespace Byol.Tests.Embeddings;

/// <summary>Exact search against the plain double loop.</summary>
public sealed class NeighborsTests
{
    [Theory]
    [InlineData(1, 5, 3, 1)]
    [InlineData(7, 40, 16, 5)]
    [InlineData(3, 4, 2, 100)]
    public void Neighbors_are_those_of_the_double_loop(int queries, int images, int dimension, int k)
    {
        using var scope = NewDisposeScope();
        var (q, b) = (Random(queries, dimension, 1), Random(images, dimension, 2));
        var found = Neighbors.Find(q, b, k, TestContext.Current.CancellationToken);
        Assert.Equal(queries, found.Count);
        for (var i = 0; i < queries; i++)
        {
            var expected = Enumerable.Range(0, images)
                .Select(j => (Index: j, Cosine: Cosine(q, i, b, j)))
                .OrderByDescending(n => n.Cosine)
                .Take(k)
                .ToList();
            Assert.Equal(expected.Select(n => n.Index), found[i].Select(n => n.Index));
            Assert.All(expected.Zip(found[i]), p => Assert.Equal(p.First.Cosine, p.Second.Similarity, 1e-5));
        }
    }

    // Rounding makes 1.0000001 of the product of a row with itself.
    [Fact]
    public void No_cosine_is_above_1()
    {
        using var scope = NewDisposeScope();
        var bank = Random(500, 128, 4);
        Assert.True(bank.mul(bank).sum(1).max().item<float>() > 1, "There is nothing to be seen here.");
        var cancellation = TestContext.Current.CancellationToken;
        Assert.All(Neighbors.Find(bank, bank, 1, cancellation), nearest => Assert.InRange(nearest[0].Similarity, 0.999f, 1));
        var groups = Duplicates.Groups(cat([bank, bank]), 0.999, cancellation);
        Assert.Equal(500, groups.Count);
        Assert.All(groups.SelectMany(g => g.Similarities), similarity => Assert.InRange(similarity, 0.999f, 1));
    }

    // 3000 rows of 3000 are three blocks: no image may be its own neighbor in any.
    [Fact]
    public void An_image_is_no_neighbor_of_its_own_in_any_block()
    {
        using var scope = NewDisposeScope();
        var bank = Random(3000, 4, 3);
        var others = Neighbors.Others(bank, 2, TestContext.Current.CancellationToken);
        Assert.Equal(3000, others.Count);
        Assert.All(others.Select((nearest, i) => (nearest, i)), o => Assert.DoesNotContain(o.nearest, n => n.Index == o.i));
        var (i, best) = (2999, others[2999][0]);
        Assert.Equal(Enumerable.Range(0, 2999).MaxBy(j => Cosine(bank, i, bank, j)), best.Index);
    }

    [Fact]
    public void One_image_alone_has_no_others() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Neighbors.Others(ones(1, 2), 1, TestContext.Current.CancellationToken));

    internal static Tensor Random(int rows, int dimension, int seed)
    {
        using var generator = new Generator((ulong)seed);
        return nn.functional.normalize(randn([rows, dimension], generator: generator), dim: 1);
    }

    private static double Cosine(Tensor a, int i, Tensor b, int j)
    {
        var (x, y) = (a.data<float>(), b.data<float>());
        var d = a.shape[1];
        return Enumerable.Range(0, (int)d).Sum(n => (double)x[i * d + n] * y[j * d + n]);
    }
}
