using Byol.Evaluation;
using CsCheck;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

public sealed class WilsonIntervalTests
{
    [Fact]
    public void It_is_scipys()
    {
        using var scope = NewDisposeScope();
        (long Right, long Count)[] cases =
            [(0, 1), (1, 1), (0, 20), (20, 20), (3, 7), (95, 262), (1552, 2000), (9_999, 10_000), (5, 12_345)];
        var counts = tensor(cases.SelectMany(c => new[] { c.Right, c.Count }).ToArray()).reshape(-1, 2);
        var expected = Oracle.Ask("wilson.py", [("counts", counts)])["intervals"].data<double>().ToArray();
        for (var i = 0; i < cases.Length; i++)
        {
            var found = WilsonInterval.Of((double)cases[i].Right / cases[i].Count, (int)cases[i].Count);
            Assert.Equal(expected[2 * i], found.Low, 1e-12);
            Assert.Equal(expected[2 * i + 1], found.High, 1e-12);
        }
    }

    [Fact]
    public void It_holds_the_share_and_narrows_with_the_count() =>
        Gen.Select(Gen.Double[0, 1], Gen.Int[1, 100_000]).Sample((share, count) =>
        {
            var (wide, narrow) = (WilsonInterval.Of(share, count), WilsonInterval.Of(share, 4 * count));
            return wide.Low >= 0 && wide.High <= 1 && wide.Low <= share + 1e-12 && share - 1e-12 <= wide.High
                && narrow.High - narrow.Low < wide.High - wide.Low;
        });

    [Fact]
    public void Nothing_was_counted() => Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Of(0.5, 0));
}
