using Byol.Reports;

namespace Byol.Tests.Reports;

public sealed class RoundTicksTests
{
    [Theory]
    [InlineData(0, 9.7, 4, new[] { 0.0, 5 })]
    [InlineData(0, 9.7, 5, new[] { 0.0, 2, 4, 6, 8 })]
    [InlineData(0, 1, 5, new[] { 0, 0.2, 0.4, 0.6, 0.8, 1.0 })]
    [InlineData(0.013, 0.021, 4, new[] { 0.014, 0.016, 0.018, 0.02 })]
    [InlineData(-3, -1, 4, new[] { -3, -2.5, -2, -1.5, -1 })]
    [InlineData(999_000, 1_001_000, 4, new[] { 999_000.0, 999_500, 1_000_000, 1_000_500, 1_001_000 })]
    public void Ticks_are_round_and_within(double low, double high, int most, double[] expected) =>
        Assert.Equal(expected, RoundTicks.Between(low, high, most).Select(t => Math.Round(t, 9)));

    [Theory]
    [InlineData(1e-8, 1, 9)]
    [InlineData(0.3, 7, 4)]
    public void Ratios_are_powers_of_ten(double low, double high, int count)
    {
        var ticks = RoundTicks.Ratios(low, high);
        Assert.Equal(count, ticks.Count);
        Assert.All(ticks, t => Assert.InRange(t, low * 0.999, high * 1.001));
    }
}
