using Byol.Runs;

namespace Byol.Tests.Runs;

public sealed class ThinnedSeriesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(123_457)]
    public void However_long_it_is_the_ends_and_the_peaks_stay(int count)
    {
        var series = new ThinnedSeries();
        var random = new Random(count);
        var values = Enumerable.Range(0, count).Select(_ => random.NextDouble()).ToArray();
        if (count > 500) (values[count / 3], values[count / 2]) = (100, -100);
        for (var i = 0; i < count; i++) series.Add(new SeriesPoint(i, i, i, values[i]));
        var points = series.Points();
        Assert.Equal(count, series.Count);
        Assert.InRange(points.Count, Math.Min(count, 450), Math.Min(count, ThinnedSeries.MostPoints));
        Assert.Equal(points.OrderBy(p => p.Step), points);
        Assert.Equal(points.Count, points.Distinct().Count());
        Assert.All(points, p => Assert.Equal(values[p.Step], p.Value));
        if (count == 0) return;
        Assert.Equal((0, count - 1), (points[0].Step, points[^1].Step));
        Assert.Equal((values.Min(), values.Max()), (points.Min(p => p.Value), points.Max(p => p.Value)));
    }

    [Fact]
    public void What_is_no_number_is_left_out()
    {
        var series = new ThinnedSeries();
        foreach (var value in (double[])[double.NaN, 1, double.PositiveInfinity, double.NegativeInfinity])
            series.Add(new SeriesPoint(0, 0, 0, value));
        Assert.Equal(1, Assert.Single(series.Points()).Value);
    }
}
