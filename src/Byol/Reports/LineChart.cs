using System.Text;
using static Byol.Reports.Svg;

namespace Byol.Reports;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">Its points; those that a logarithmic axis cannot hold are left out.</param>
internal sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>An axis of a chart.</summary>
/// <param name="Label">What it measures.</param>
/// <param name="Logarithmic">Whether equal distances are equal ratios.</param>
/// <param name="Low">Where it begins; null for the lowest point.</param>
/// <param name="High">Where it ends; null for the highest point.</param>
internal sealed record Axis(string Label, bool Logarithmic = false, double? Low = null, double? High = null);

/// <summary>Lines over one pair of axes as one self-contained SVG.</summary>
internal static class LineChart
{
    private const int Width = 760, Height = 360, Left = 72, Right = 200, Top = 36, Bottom = 44, MostTicks = 5;
    private static readonly string[] Colors = [Blue, Red, "#3b7d3b", "#7a4a9a", "#777"];

    /// <summary>Draws the lines.</summary>
    /// <param name="title">What stands above them.</param>
    /// <param name="x">The horizontal axis.</param>
    /// <param name="y">The vertical axis.</param>
    /// <param name="series">The lines.</param>
    public static string Draw(string title, Axis x, Axis y, IReadOnlyList<Series> series)
    {
        var drawn = series.Select(s => s with { Points = [.. s.Points.Where(p => Fits(x, p.X) && Fits(y, p.Y))] }).ToList();
        var points = drawn.SelectMany(s => s.Points).ToList();
        var (horizontal, vertical) = (new Scale(x, points.Select(p => p.X)), new Scale(y, points.Select(p => p.Y)));
        var svg = new StringBuilder(Begin(Width, Height, Left, title));
        foreach (var tick in vertical.Ticks())
        {
            var y0 = Up(vertical.Share(tick));
            svg.Append(Line(Left, y0, Width - Right, y0)).Append(Text(Left - 8, y0 + 4, Invariant($"{tick:G3}"), Gray, "end"));
        }
        foreach (var tick in horizontal.Ticks())
            svg.Append(Text(Across(horizontal.Share(tick)), Height - Bottom + 18, Invariant($"{tick:G4}"), Gray, "middle"));
        svg.Append(Text((Left + Width - Right) / 2.0, Height - 8, x.Label, Gray, "middle"))
           .Append(Turned(14, Height / 2.0, -90, y.Label, Gray));
        for (var i = 0; i < drawn.Count; i++)
        {
            var color = Colors[i % Colors.Length];
            svg.Append(Curve(drawn[i].Points.Select(p => (Across(horizontal.Share(p.X)), Up(vertical.Share(p.Y)))), color))
               .Append(Text(Width - Right + 12, Top + 16 + 18 * i, drawn[i].Name, color));
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static bool Fits(Axis axis, double value) => double.IsFinite(value) && (!axis.Logarithmic || value > 0);

    private static double Across(double share) => Left + share * (Width - Left - Right);

    private static double Up(double share) => Height - Bottom - share * (Height - Top - Bottom);

    // From a value to its share of the axis, and back.
    private sealed class Scale
    {
        private readonly bool _logarithmic;
        private readonly double _low, _span;

        public Scale(Axis axis, IEnumerable<double> values)
        {
            var all = values.DefaultIfEmpty(1).ToList();
            _logarithmic = axis.Logarithmic;
            (_low, var high) = (Placed(axis.Low ?? all.Min()), Placed(axis.High ?? all.Max()));
            _span = high > _low ? high - _low : 1;
        }

        public double Share(double value) => (Placed(value) - _low) / _span;

        public IReadOnlyList<double> Ticks() => _logarithmic
            ? RoundTicks.Ratios(Math.Pow(10, _low), Math.Pow(10, _low + _span)) : RoundTicks.Between(_low, _low + _span, MostTicks);

        private double Placed(double value) => _logarithmic ? Math.Log10(value) : value;
    }
}
