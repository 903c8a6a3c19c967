using Byol.Data.Views;

namespace Byol.Tests.Views;

public sealed class PhiloxTests
{
    /// <summary>The known answers that Random123 publishes for philox4x32-10.</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, new[] { 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u })]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, new[] { 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu })]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u,
        new[] { 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u })]
    public void Block_gives_the_published_answers(uint c0, uint c1, uint c2, uint c3, uint key0, uint key1, uint[] expected)
    {
        var (x0, x1, x2, x3) = Philox.Block(c0, c1, c2, c3, key0, key1);
        Assert.Equal(expected, new[] { x0, x1, x2, x3 });
    }

    [Theory]
    [InlineData(0ul, 0u, 0u, 0u)]
    [InlineData(0x299f31d0a4093822ul, 1u, 2u, 3u)]
    [InlineData(ulong.MaxValue, uint.MaxValue, 0u, 7u)]
    public void A_stream_is_its_blocks_in_order(ulong key, uint c1, uint c2, uint c3)
    {
        var stream = new Philox(key, c1, c2, c3);
        for (var block = 0u; block < 5; block++)
        {
            var (x0, x1, x2, x3) = Philox.Block(block, c1, c2, c3, (uint)key, (uint)(key >> 32));
            Assert.Equal(new[] { x0, x1, x2, x3 }, Enumerable.Range(0, 4).Select(_ => stream.NextUInt32()));
        }
    }

    [Fact]
    public void Every_bit_of_key_and_counter_counts()
    {
        var firsts = new List<uint> { new Philox(0, 0, 0, 0).NextUInt32() };
        for (var bit = 0; bit < 64; bit++) firsts.Add(new Philox(1ul << bit, 0, 0, 0).NextUInt32());
        for (var bit = 0; bit < 32; bit++)
        {
            firsts.Add(new Philox(0, 1u << bit, 0, 0).NextUInt32());
            firsts.Add(new Philox(0, 0, 1u << bit, 0).NextUInt32());
            firsts.Add(new Philox(0, 0, 0, 1u << bit).NextUInt32());
        }
        Assert.Equal(firsts.Count, firsts.Distinct().Count());
    }

    [Fact]
    public void Every_bit_is_set_half_of_the_time()
    {
        const int Draws = 40_000;
        var stream = new Philox(3, 1, 4, 1);
        var set = new int[32];
        for (var i = 0; i < Draws; i++)
        {
            var word = stream.NextUInt32();
            for (var bit = 0; bit < 32; bit++) set[bit] += (int)(word >> bit & 1);
        }
        Assert.All(set, count => Statistics.AssertFrequency(count, Draws, 0.5));
    }

    [Fact]
    public void Doubles_are_uniform()
    {
        var stream = new Philox(2, 7, 1, 8);
        Statistics.AssertUniform([.. Enumerable.Range(0, 50_000).Select(_ => stream.NextDouble())]);
    }

    [Fact]
    public void First_doubles_of_neighboring_streams_are_uniform() =>
        Statistics.AssertUniform([.. Enumerable.Range(0, 50_000).Select(i => new Philox(5, (uint)i, 0, 0).NextDouble())]);

    [Theory]
    [InlineData(-2, 3)]
    [InlineData(0.08, 1)]
    [InlineData(5, 5)]
    public void Doubles_of_an_interval_lie_in_it(double low, double high)
    {
        var stream = new Philox(1, 2, 3, 4);
        for (var i = 0; i < 1000; i++) Assert.InRange(stream.NextDouble(low, high), low, high);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(24)]
    [InlineData(100)]
    public void Integers_are_equally_likely(int count)
    {
        const int Draws = 60_000;
        var stream = new Philox(9, 0, 0, (uint)count);
        var seen = new int[count];
        for (var i = 0; i < Draws; i++) seen[stream.NextInt(count)]++;
        Assert.All(seen, n => Statistics.AssertFrequency(n, Draws, 1.0 / count));
    }

    [Fact]
    public void Integers_below_three_quarters_of_the_range_are_not_biased()
    {
        // Without rejection every third value would come half as often as the others: 2^32 words fall on 3·2^29 values.
        const int Count = 3 << 29, Draws = 30_000;
        var stream = new Philox(9, 1, 1, 1);
        var seen = Enumerable.Range(0, Draws).Select(_ => stream.NextInt(Count)).ToArray();
        Assert.All(seen, n => Assert.InRange(n, 0, Count - 1));
        Statistics.AssertUniform([.. seen.Select(n => (double)n / Count)]);
        for (var rest = 0; rest < 3; rest++) Statistics.AssertFrequency(seen.Count(n => n % 3 == rest), Draws, 1.0 / 3);
    }
}
