using Byol.Evaluation;
using CsCheck;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

public sealed class TopKTests
{
    [Fact]
    public void They_are_those_of_a_stable_sort()
    {
        var rows = Gen.Select(Gen.Int[1, 5], Gen.Int[1, 700], Gen.Int[1, 12], Gen.Int[1, 40], Gen.Int[0, 1 << 20]);
        rows.Sample(drawn =>
        {
            var (count, length, k, distinct, seed) = drawn;
            k = Math.Min(k, length);
            using var scope = NewDisposeScope();
            var random = new Random(seed);
            // Few distinct values: ties, within a group and across, signs and zeros of both signs.
            var elements = Enumerable.Range(0, count * length)
                .Select(_ => (random.Next(distinct) - distinct / 2) * (random.Next(2) == 0 ? 0.5f : -0.5f)).ToArray();
            if (length / (2 * k) < 16) return;                      // topk's business
            var (values, places) = TopK.Find(tensor(elements).reshape(count, length), k);
            var expected = Enumerable.Range(0, count).SelectMany(row =>
                Enumerable.Range(0, length).OrderByDescending(i => elements[row * length + i]).Take(k)).Select(i => (long)i);
            Assert.Equal(expected, places.data<long>().ToArray());
            Assert.Equal(places.data<long>().Select((place, i) => elements[i / k * length + place]), values.data<float>().ToArray());
        });
    }

    [Theory]
    [InlineData(838, 40_000, 200)]
    [InlineData(3, 12_345, 7)]
    [InlineData(4, 300, 299)]
    public void Values_are_those_of_topk(int count, int length, int k)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var rows = randn([count, length], generator: generator);
        var (values, places) = TopK.Find(rows, k);
        Assert.Equal(rows.topk(k, 1).values.data<float>().ToArray(), values.data<float>().ToArray());
        Assert.Equal(rows.gather(1, places).data<float>().ToArray(), values.data<float>().ToArray());
    }

    // An image that is left out has −∞.
    [Fact]
    public void Infinities_are_ordered_and_a_NaN_hides_no_neighbor()
    {
        using var scope = NewDisposeScope();
        var rows = full([2, 640], float.NegativeInfinity);
        rows[0, 5] = 1f;
        var (values, places) = TopK.Find(rows, 2);
        Assert.Equal([1f, float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity], values.data<float>().ToArray());
        Assert.Equal([5L, 0, 0, 1], places.data<long>().ToArray());

        rows[1, 7] = float.NaN;
        rows[1, 8] = 3f;
        (values, places) = TopK.Find(rows, 2);
        Assert.Equal([5L, 7, 8], places.data<long>().ToArray().Where((_, i) => i != 1));     // as topk has it: where it can be seen
        Assert.Equal(3f, values[1, 1].item<float>());
    }
}
