using System.Text;
using static Byol.Reports.Svg;

namespace Byol.Reports;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">Its points; those that a logarithmic axis cannot hold are left out.</param>
public sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>An axis of a chart.</summary>
/// <param name="Label">What it measures.</param>
/// <param name="Logarithmic">Whether equal distances are equal ratios.</param>
/// <param name="Low">Where it begins; null for the lowest point.</param>
/// <param name="High">Where it ends; null for the highest point.</param>
public sealed record Axis(string Label, bool Logarithmic = false, double? Low = null, double? High = null);

/// <summary>Lines over one pair of axes as one self-contained SVG.</summary>
public static class LineChart
{
    private const int Width = 760, Height = 360, Left = 72, Right = 200, Top = 36, Bottom = 44, Ticks = 4;
    private static readonly string[] Colours = ["#1f5fa8", "#b5502b", "#3b7d3b", "#7a4a9a", "#777"];

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
        var svg = new StringBuilder();
        svg.Append(Invariant($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="system-ui, sans-serif" font-size="12">"""))
           .Append(Invariant($"""<rect width="{Width}" height="{Height}" fill="#fff"/><text x="{Left}" y="22" font-size="14" fill="#222">{Escape(title)}</text>"""));
        for (var i = 0; i <= Ticks; i++)
        {
            var (across, up) = (Across((double)i / Ticks), Up((double)i / Ticks));
            svg.Append(Invariant($"""<line x1="{Left}" x2="{Width - Right}" y1="{up:F1}" y2="{up:F1}" stroke="#ddd"/>"""))
               .Append(Invariant(
                   $"""<text x="{Left - 8}" y="{up + 4:F1}" text-anchor="end" fill="#555">{vertical.At((double)i / Ticks):G3}</text>"""))
               .Append(Invariant($"""<text x="{across:F1}" y="{Height - Bottom + 18}" text-anchor="middle" fill="#555">{horizontal.At((double)i / Ticks):G3}</text>"""));
        }
        svg.Append(Invariant(
            $"""<text x="{(Left + Width - Right) / 2}" y="{Height - 8}" text-anchor="middle" fill="#555">{Escape(x.Label)}</text>"""))
           .Append(Invariant($"""<text x="14" y="{Height / 2}" fill="#555" transform="rotate(-90 14 {Height / 2})" text-anchor="middle">{Escape(y.Label)}</text>"""));
        for (var i = 0; i < drawn.Count; i++)
        {
            var (colour, at) = (Colours[i % Colours.Length],
                drawn[i].Points.Select(p => Invariant($"{Across(horizontal.Share(p.X)):F1},{Up(vertical.Share(p.Y)):F1}")));
            svg.Append($"""<polyline fill="none" stroke="{colour}" stroke-width="1.6" points="{string.Join(' ', at)}"/>""")
               .Append(Invariant(
                   $"""<text x="{Width - Right + 12}" y="{Top + 16 + 18 * i}" fill="{colour}">{Escape(drawn[i].Name)}</text>"""));
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

        public double At(double share) => _logarithmic ? Math.Pow(10, _low + share * _span) : _low + share * _span;

        private double Placed(double value) => _logarithmic ? Math.Log10(value) : value;
    }
}
