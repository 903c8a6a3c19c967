using System.Text;
using static Byol.Reports.Svg;

namespace Byol.Reports;

/// <summary>A confusion matrix as one self-contained SVG: a row for each true class, a column for each predicted one.</summary>
public static class ConfusionPicture
{
    private const int Margin = 20, Top = 64, NamesWidth = 130, MostNamed = 60, MostNumbered = 20, LongestName = 18;

    /// <summary>Draws the matrix. A cell's shade is its share of the row; with up to 20 classes it contains the count.</summary>
    /// <param name="title">The title.</param>
    /// <param name="classes">Class names.</param>
    /// <param name="counts">[true class][predicted class].</param>
    public static string Draw(string title, IReadOnlyList<string> classes, IReadOnlyList<IReadOnlyList<int>> counts)
    {
        var named = classes.Count <= MostNamed;
        var cell = classes.Count <= MostNumbered ? 36 : named ? 16 : Math.Max(1, 800 / classes.Count);
        var (left, top) = (Margin + (named ? NamesWidth : 20), Top + (named ? NamesWidth / 2 : 0));
        var (right, bottom) = (left + cell * classes.Count, top + cell * classes.Count);
        var svg = new StringBuilder(Begin(Math.Max(right + 80, 620), bottom + 36, Margin, title))
            .Append(Text(Margin, 44, "rows: what an image is; columns: what it was taken for; shade: share of the row", Gray));
        for (var t = 0; t < classes.Count; t++)
        {
            var images = Math.Max(1, counts[t].Sum());
            for (var p = 0; p < classes.Count; p++)
            {
                if (counts[t][p] > 0) Cell(t, p, counts[t][p], counts[t][p] / (double)images);
            }
            if (named) Names(t);
        }
        svg.Append(Invariant($"""<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" fill="none" stroke="#999"/>"""));
        return svg.Append("</svg>\n").ToString();

        void Cell(int t, int p, int count, double share)
        {
            var (x, y) = (left + p * cell, top + t * cell);
            // Blue for right answers, red for wrong ones, so that a few mistakes are visible.
            var color = t == p ? Blue : Red;
            svg.Append(Invariant(
                $"""<rect x="{x}" y="{y}" width="{cell}" height="{cell}" fill="{color}" fill-opacity="{0.06 + 0.94 * share:F3}">"""))
               .Append(Invariant(
                   $"""<title>{Escape(classes[t])} taken for {Escape(classes[p])}: {count} ({100 * share:F1} %)</title></rect>"""));
            if (classes.Count > MostNumbered) return;
            var ink = share > 0.55 ? "#fff" : Black;
            svg.Append(Text(x + cell / 2, y + cell / 2 + 4, Invariant($"{count}"), ink, "middle", size: 11));
        }

        void Names(int c)
        {
            var (x, y, name) = (left + c * cell + cell / 2, top + c * cell + cell / 2, Shortened(classes[c]));
            svg.Append(Text(left - 8, y + 4, name, Black, "end"))
               .Append(Turned(x + 4, top - 8, -40, name, Black, "start"));
        }
    }

    private static string Shortened(string name) => name.Length <= LongestName ? name : name[..(LongestName - 1)] + "…";
}
