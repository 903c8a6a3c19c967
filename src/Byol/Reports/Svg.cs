using System.Globalization;

namespace Byol.Reports;

/// <summary>The parts that the pictures have in common, as SVG text; lengths are in its units, from the top left.</summary>
internal static class Svg
{
    /// <summary>The colors of what is ours, of what stands against it, of headings, of labels and of a grid.</summary>
    public const string Blue = "#1f5fa8", Red = "#b5502b", Black = "#222", Gray = "#555", Pale = "#ddd";

    /// <summary>The opening of a picture: its size, a white ground and a title.</summary>
    public static string Begin(int width, int height, int left, string title) =>
        Invariant($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif">""")
        + Invariant($"""<rect width="{width}" height="{height}" fill="#fff"/>""")
        + Text(left, 22, title, Black, size: 14);

    /// <summary>A line of text; the anchor says which part of it x is: start, middle or end.</summary>
    public static string Text(double x, double y, string text, string color, string anchor = "start", int size = 12) =>
        Invariant($"""<text x="{x:0.#}" y="{y:0.#}" fill="{color}" text-anchor="{anchor}" font-size="{size}">{Escape(text)}</text>""");

    /// <summary>The same, turned about (x, y).</summary>
    public static string Turned(double x, double y, int degrees, string text, string color, string anchor = "middle") =>
        Invariant($"""<g transform="rotate({degrees} {x:0.#} {y:0.#})">{Text(x, y, text, color, anchor)}</g>""");

    /// <summary>A line of a grid.</summary>
    public static string Line(double x1, double y1, double x2, double y2) =>
        Invariant($"""<line x1="{x1:0.#}" y1="{y1:0.#}" x2="{x2:0.#}" y2="{y2:0.#}" stroke="{Pale}"/>""");

    /// <summary>A curve.</summary>
    public static string Curve(IEnumerable<(double X, double Y)> points, string color) =>
        $"""<polyline fill="none" stroke="{color}" stroke-width="1.6" """
        + $"""points="{string.Join(' ', points.Select(p => Invariant($"{p.X:F1},{p.Y:F1}")))}"/>""";

    /// <summary>Text between tags. A folder's name may hold characters that XML cannot.</summary>
    public static string Escape(string text) =>
        string.Concat(text.Where(c => !char.IsControl(c)))
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal);

    /// <summary>Numbers with a point, wherever it runs.</summary>
    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
