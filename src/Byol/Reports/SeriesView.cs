using Byol.Runs;

namespace Byol.Reports;

/// <summary>A curve in columns.</summary>
internal sealed record SeriesView(long[] Step, double[] Epoch, double[] Seconds, double[] Value)
{
    private const int Digits = 6;

    /// <summary>The points that are kept of a curve.</summary>
    public static SeriesView Of(ThinnedSeries series)
    {
        var points = series.Points();
        return new SeriesView(
            [.. points.Select(p => p.Step)], [.. points.Select(p => Math.Round(p.Epoch, 4))], [.. points.Select(p => Math.Round(p.Seconds, 2))],
            [.. points.Select(p => Significant(p.Value))]);
    }

    // Six digits are more than a chart shows.
    private static double Significant(double value)
    {
        if (value == 0) return 0;
        var scale = Math.Pow(10, Digits - 1 - Math.Floor(Math.Log10(Math.Abs(value))));
        return double.IsFinite(scale) && double.IsFinite(value * scale) ? Math.Round(value * scale) / scale : value;
    }
}
