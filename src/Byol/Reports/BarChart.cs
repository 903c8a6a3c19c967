using System.Text;
using static Byol.Reports.Svg;

namespace Byol.Reports;

/// <summary>A row of a comparison.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Values">Ours, in percent; one or more repetitions.</param>
/// <param name="Paper">The paper's, in percent; null where it has none.</param>
public sealed record Bar(string Name, IReadOnlyList<double> Values, double? Paper);

/// <summary>Figures beside the paper's as one self-contained SVG.</summary>
public static class BarChart
{
    private const int Width = 760, Left = 250, Right = 60, Top = 58, RowHeight = 40;
    private const string Ours = "#1f5fa8", Theirs = "#b5502b";

    /// <summary>Draws the bars from 0 to 100 %; repetitions are dots on the bar of their mean.</summary>
    /// <param name="title">What stands above them.</param>
    /// <param name="ours">What our bars measure.</param>
    /// <param name="paper">What the paper's measure.</param>
    /// <param name="bars">The rows.</param>
    public static string Draw(string title, string ours, string paper, IReadOnlyList<Bar> bars)
    {
        var height = Top + RowHeight * bars.Count + 30;
        var svg = new StringBuilder();
        svg.Append(Invariant($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" font-family="system-ui, sans-serif" font-size="12">"""))
           .Append(Invariant($"""<rect width="{Width}" height="{height}" fill="#fff"/><text x="12" y="22" font-size="14" fill="#222">{Escape(title)}</text>"""))
           .Append(Invariant($"""<text x="{Left}" y="44" fill="{Ours}">{Escape(ours)}</text><text x="{Width - Right}" y="44" text-anchor="end" fill="{Theirs}">{Escape(paper)}</text>"""));
        for (var percent = 0; percent <= 100; percent += 25)
        {
            svg.Append(Invariant($"""<line x1="{X(percent):F1}" x2="{X(percent):F1}" y1="{Top}" y2="{height - 30}" stroke="#ddd"/>"""))
               .Append(Invariant($"""<text x="{X(percent):F1}" y="{height - 12}" text-anchor="middle" fill="#555">{percent} %</text>"""));
        }
        for (var i = 0; i < bars.Count; i++)
        {
            var (bar, y) = (bars[i], Top + RowHeight * i + 6);
            svg.Append(Invariant($"""<text x="{Left - 8}" y="{y + 18}" text-anchor="end" fill="#222">{Escape(bar.Name)}</text>"""));
            Stripe(y, bar.Values.Average(), Ours);
            foreach (var value in bar.Values.Count > 1 ? bar.Values : [])
                svg.Append(Invariant($"""<circle cx="{X(value):F1}" cy="{y + 7}" r="2.5" fill="#fff" stroke="{Ours}"/>"""));
            if (bar.Paper is { } theirs) Stripe(y + 15, theirs, Theirs);
        }
        return svg.Append("</svg>\n").ToString();

        void Stripe(int y, double percent, string colour) =>
            svg.Append(Invariant(
                $"""<rect x="{Left}" y="{y}" width="{X(percent) - Left:F1}" height="13" fill="{colour}" fill-opacity="0.8"/>"""))
               .Append(Invariant($"""<text x="{X(percent) + 5:F1}" y="{y + 11}" font-size="11" fill="{colour}">{percent:F1}</text>"""));
    }

    private static double X(double percent) => Left + percent / 100 * (Width - Left - Right);
}
