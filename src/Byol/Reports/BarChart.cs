using System.Text;
using static Byol.Reports.Svg;

namespace Byol.Reports;

/// <summary>A row of a comparison.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Values">Ours, in percent; one or more repetitions.</param>
/// <param name="Paper">The paper's, in percent; null if it has none.</param>
internal sealed record Bar(string Name, IReadOnlyList<double> Values, double? Paper);

/// <summary>Figures beside the paper's as one self-contained SVG.</summary>
internal static class BarChart
{
    private const int Width = 760, Left = 250, Right = 60, Top = 58, RowHeight = 40;

    /// <summary>Draws the bars from 0 to 100 %; repetitions are dots on the bar of their mean.</summary>
    /// <param name="title">What stands above them.</param>
    /// <param name="ours">What our bars measure.</param>
    /// <param name="paper">What the paper's measure.</param>
    /// <param name="bars">The rows.</param>
    public static string Draw(string title, string ours, string paper, IReadOnlyList<Bar> bars)
    {
        var height = Top + RowHeight * bars.Count + 30;
        var svg = new StringBuilder(Begin(Width, height, 12, title))
            .Append(Text(Left, 44, ours, Blue))
            .Append(Text(Width - Right, 44, paper, Red, "end"));
        for (var percent = 0; percent <= 100; percent += 25)
        {
            svg.Append(Line(X(percent), Top, X(percent), height - 30))
               .Append(Text(X(percent), height - 12, $"{percent} %", Gray, "middle"));
        }
        for (var i = 0; i < bars.Count; i++)
        {
            var (bar, y) = (bars[i], Top + RowHeight * i + 6);
            svg.Append(Text(Left - 8, y + 18, bar.Name, Black, "end"));
            Stripe(y, bar.Values.Average(), Blue);
            foreach (var value in bar.Values.Count > 1 ? bar.Values : [])
                svg.Append(Invariant($"""<circle cx="{X(value):F1}" cy="{y + 7}" r="2.5" fill="#fff" stroke="{Blue}"/>"""));
            if (bar.Paper is { } theirs) Stripe(y + 15, theirs, Red);
        }
        return svg.Append("</svg>\n").ToString();

        void Stripe(int y, double percent, string color) =>
            svg.Append(Invariant(
                $"""<rect x="{Left}" y="{y}" width="{X(percent) - Left:F1}" height="13" fill="{color}" fill-opacity="0.8"/>"""))
               .Append(Text(X(percent) + 5, y + 11, Invariant($"{percent:F1}"), color, size: 11));
    }

    private static double X(double percent) => Left + percent / 100 * (Width - Left - Right);
}
