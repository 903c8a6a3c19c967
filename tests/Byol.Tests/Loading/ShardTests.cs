using Byol.Data.Loading;
using Byol.Data.Views;

namespace Byol.Tests.Loading;

/// <summary>Ranks together load what one process does, whatever their number and wherever they begin.</summary>
public sealed class ShardTests
{
    private const int Images = 70, Batch = 16, StepsPerEpoch = 4;
    private static readonly ViewOptions Views = new() { ImageSize = 16 };

    [Theory]
    [InlineData(2, 1, 0)]
    [InlineData(4, 1, 0)]
    [InlineData(8, 1, 5)]
    [InlineData(2, 2, 3)]
    [InlineData(4, 2, 7)]
    public void Their_parts_are_the_batches_of_one_process(int ranks, int microBatches, int firstStep)
    {
        var whole = Load(Shard.Whole, Batch / microBatches, microBatches, firstStep);
        var parts = Enumerable.Range(0, ranks)
            .Select(r => Load(new Shard(r, ranks), Batch / microBatches / ranks, microBatches, firstStep)).ToList();
        for (var i = 0; i < whole.Count; i++)
        {
            Assert.Equal(whole[i].Indices, parts.SelectMany(p => p[i].Indices));
            Assert.Equal(whole[i].First, parts.SelectMany(p => p[i].First));
            Assert.Equal(whole[i].Second, parts.SelectMany(p => p[i].Second));
        }
    }

    [Fact]
    public void Each_image_is_seen_once_an_epoch()
    {
        var seen = Enumerable.Range(0, 4).SelectMany(r => Load(new Shard(r, 4), Batch / 4, 1, firstStep: 0).Take(StepsPerEpoch))
            .SelectMany(b => b.Indices).ToList();
        Assert.Equal(Batch * StepsPerEpoch, seen.Count);
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    [Fact]
    public void More_than_there_are_images_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => new ViewLoader(new PatternImages(15), Views, 1, 8, 1, 1, 0, new Shard(0, 2), []));

    // Two epochs and a bit.
    private static List<(int[] Indices, float[] First, float[] Second)> Load(Shard shard, int batch, int microBatches, int firstStep)
    {
        using var loader = new ViewLoader(
            new PatternImages(Images), Views, 3, batch, StepsPerEpoch * microBatches, 1, firstStep * microBatches, shard, []);
        return [.. Enumerable.Range(0, (2 * StepsPerEpoch + 1) * microBatches).Select(_ =>
        {
            var next = loader.Next();
            return ((int[])next.Indices.Clone(), (float[])next.First.Clone(), (float[])next.Second.Clone());
        })];
    }
}
