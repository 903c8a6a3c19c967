using System.Text;
using static Byol.Reports.Svg;

namespace Byol.Reports;

/// <summary>A bar: a mean, and the values that it is of.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Values">In percent, one or more.</param>
/// <param name="IsMarked">Whether it stands out.</param>
internal sealed record ChartBar(string Name, IReadOnlyList<double> Values, bool IsMarked);

/// <summary>Bars under a heading.</summary>
internal sealed record ChartGroup(string Name, IReadOnlyList<ChartBar> Bars);

/// <summary>Groups of bars from 0 to 100 % as one self-contained SVG; several values are dots on the bar of their mean.</summary>
internal static class ComparisonChart
{
    private const int Width = 860, Left = 330, Right = 60, Top = 74, RowHeight = 22, Heading = 26, LineLength = 110;

    /// <summary>Draws them.</summary>
    /// <param name="title">What stands above them, over several lines where it is long.</param>
    /// <param name="measure">What is measured.</param>
    /// <param name="groups">The bars.</param>
    public static string Draw(string title, string measure, IReadOnlyList<ChartGroup> groups)
    {
        var lines = Lines(title).ToList();
        var top = Top + 18 * (lines.Count - 1);
        var height = top + groups.Sum(g => Heading + RowHeight * g.Bars.Count) + 34;
        var svg = new StringBuilder(Begin(Width, height, 12, lines[0]));
        for (var i = 1; i < lines.Count; i++) svg.Append(Text(12, 22 + 18 * i, lines[i], Black, size: 14));
        svg.Append(Text(Left, top - 10, measure, Blue));
        for (var percent = 0; percent <= 100; percent += 25)
            svg.Append(Line(X(percent), top, X(percent), height - 28)).Append(Text(X(percent), height - 10, $"{percent} %", Gray, "middle"));
        var y = top;
        foreach (var group in groups)
        {
            svg.Append(Text(12, y + 18, group.Name, Black));
            y += Heading;
            foreach (var bar in group.Bars)
            {
                var color = bar.IsMarked ? Red : Blue;
                var mean = bar.Values.Average();
                svg.Append(Text(Left - 8, y + 13, bar.Name, bar.IsMarked ? Red : Black, "end"))
                   .Append(Invariant(
                       $"""<rect x="{Left}" y="{y + 2}" width="{X(mean) - Left:F1}" height="14" fill="{color}" fill-opacity="0.8"/>"""))
                   .Append(Text(Math.Max(X(mean), X(bar.Values.Max())) + 6, y + 13, Invariant($"{mean:F1}"), color, size: 11));
                foreach (var value in bar.Values.Count > 1 ? bar.Values : [])
                    svg.Append(Invariant($"""<circle cx="{X(value):F1}" cy="{y + 9}" r="2" fill="#fff" stroke="{color}"/>"""));
                y += RowHeight;
            }
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static IEnumerable<string> Lines(string text)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + word.Length >= LineLength)
            {
                yield return line;
                line = "";
            }
            line += line.Length == 0 ? word : " " + word;
        }
        yield return line;
    }

    private static double X(double percent) => Left + percent / 100 * (Width - Left - Right);
}
