using Byol.Data.Loading;
using CsCheck;

namespace Byol.Tests.Loading;

public sealed class EpochOrderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(1000)]
    [InlineData(60_000)]
    public void Every_index_comes_exactly_once(int count)
    {
        var order = new EpochOrder(count, 7);
        for (var epoch = 0; epoch < 3; epoch++) Assert.Equal(Enumerable.Range(0, count), order.Indices(epoch).Order());
    }

    [Fact]
    public void Every_index_comes_exactly_once_for_any_seed_and_epoch() => Gen.Select(Gen.Int[1, 300], Gen.ULong, Gen.Int[0, 2000]).Sample(
        (count, seed, epoch) => new EpochOrder(count, seed).Indices(epoch).Order().SequenceEqual(Enumerable.Range(0, count)), iter: 300);

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(999)]
    public void The_order_is_a_function_of_seed_and_epoch_alone(int epoch)
    {
        var order = new EpochOrder(500, 3);
        for (var other = 0; other < 4; other++) order.Indices(other);
        Assert.Equal(new EpochOrder(500, 3).Indices(epoch), order.Indices(epoch));
    }

    [Fact]
    public void Epochs_and_seeds_differ()
    {
        var orders = from seed in Enumerable.Range(0, 5)
                     from epoch in Enumerable.Range(0, 5)
                     select string.Join(' ', new EpochOrder(50, (ulong)seed).Indices(epoch));
        Assert.Equal(25, orders.Distinct().Count());
    }

    // χ² with 9 degrees of freedom exceeds 33.7 once in 10,000 times; the seed is fixed.
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(9)]
    public void Each_place_holds_each_index_equally_often(int place)
    {
        const int Epochs = 20_000;
        var order = new EpochOrder(10, 12345);
        var counts = new int[10];
        for (var epoch = 0; epoch < Epochs; epoch++) counts[order.Indices(epoch)[place]]++;
        var expected = Epochs / 10.0;
        Assert.InRange(counts.Sum(c => (c - expected) * (c - expected) / expected), 0, 33.7);
    }

    [Fact]
    public void All_orders_of_three_come_equally_often()
    {
        const int Epochs = 12_000;
        var order = new EpochOrder(3, 99);
        var counts = Enumerable.Range(0, Epochs).Select(e => string.Concat(order.Indices(e))).CountBy(o => o).ToDictionary();
        Assert.Equal(6, counts.Count);
        // χ² with 5 degrees of freedom exceeds 25.7 once in 10,000 times.
        Assert.InRange(counts.Values.Sum(c => (c - 2000.0) * (c - 2000.0) / 2000), 0, 25.7);
    }
}
