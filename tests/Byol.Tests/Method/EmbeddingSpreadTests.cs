using Byol.Method;
using static TorchSharp.torch;

namespace Byol.Tests.Method;

/// <summary>Point 15: the deviation of each dimension of normalized embeddings is about 1/√d when healthy and falls to 0.</summary>
public sealed class EmbeddingSpreadTests
{
    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(256)]
    public void Random_embeddings_spread_by_one_over_root_d(int dimensions)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        var spread = EmbeddingSpread.StandardDeviation(randn([512, dimensions], generator: random) * 30);
        Assert.Equal(1, spread * Math.Sqrt(dimensions), 0.02);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1e-3)]
    [InlineData(1e5)]
    public void Constant_embeddings_do_not_spread(double scale)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        var row = randn([1, 64], generator: random) * scale;
        Assert.Equal(0, EmbeddingSpread.StandardDeviation(row.expand(128, 64)), 1e-6);
    }

    // (1, 0) and (0, 1) in equal parts: each dimension is 0 or 1, deviation ½.
    [Fact]
    public void Two_clusters_spread_by_hand_value()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0.5, EmbeddingSpread.StandardDeviation(tensor(new float[] { 5, 0, 0, 2, 1, 0, 0, 9 }).reshape(4, 2)), 1e-7);
    }

    [Fact]
    public void Embeddings_of_zero_are_no_nan()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0, EmbeddingSpread.StandardDeviation(zeros(8, 4)));
    }

    [Fact]
    public void Bfloat16_and_any_layout_are_read_as_they_are()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        var rounded = randn([32, 16], generator: random).to(ScalarType.BFloat16);
        var expected = EmbeddingSpread.StandardDeviation(rounded.to(ScalarType.Float32));
        Assert.Equal(expected, EmbeddingSpread.StandardDeviation(rounded));
        Assert.Equal(expected, EmbeddingSpread.StandardDeviation(rounded.t().contiguous().t()));
    }

    // What a GPU would do, done on the processor.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Where_embeddings_are_on_a_device_it_is_the_same(int ranks)
    {
        using var random = new Generator(1);
        var whole = randn([64, 16], generator: random) * 30 + 1;
        var expected = EmbeddingSpread.StandardDeviation(whole);
        var found = Distributed.ThreadRanks.Run(ranks, rank =>
            EmbeddingSpread.OnDevice(whole.narrow(0, rank.Rank * 64 / ranks, 64 / ranks), rank));
        Assert.All(found, f => Assert.Equal(expected, f, 1e-6));
    }
}
