using System.Text;
using Byol.Runs;
using static Byol.Reports.Svg;

namespace Byol.Reports;

/// <summary>A run's curves as one self-contained SVG: the loss, and the kNN accuracy where it was measured.</summary>
public static class LossCurve
{
    private const int Width = 760, Height = 360, Left = 56, Right = 56, Top = 36, Bottom = 44;

    /// <summary>Draws the curves.</summary>
    /// <param name="title">What stands above them.</param>
    /// <param name="steps">The log's steps, at least one.</param>
    /// <param name="knn">The log's evaluations.</param>
    public static string Draw(string title, IReadOnlyList<StepRecord> steps, IReadOnlyList<KnnRecord> knn)
    {
        var lastEpoch = Math.Max(steps.Max(s => s.Epoch), 1e-6);
        var highest = Math.Max(0.5,
            Math.Ceiling(steps.Where(s => double.IsFinite(s.Loss)).Select(s => s.Loss).DefaultIfEmpty(1).Max() * 2) / 2);
        var svg = new StringBuilder();
        svg.Append(Invariant($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="system-ui, sans-serif" font-size="12">"""))
           .Append(Invariant($"""<rect width="{Width}" height="{Height}" fill="#fff"/><text x="{Left}" y="22" font-size="14" fill="#222">{Escape(title)}</text>"""));
        for (var i = 0; i <= 4; i++)
        {
            var y = Y(i / 4.0);
            svg.Append(Invariant($"""<line x1="{Left}" x2="{Width - Right}" y1="{y:F1}" y2="{y:F1}" stroke="#ddd"/>"""))
               .Append(Invariant($"""<text x="{Left - 8}" y="{y + 4:F1}" text-anchor="end" fill="#1f5fa8">{highest * i / 4:0.##}</text>"""))
               .Append(Invariant($"""<text x="{X(i / 4.0):F1}" y="{Height - Bottom + 18}" text-anchor="middle" fill="#555">{lastEpoch * i / 4:0.#}</text>"""));
            if (knn.Count > 0)
                svg.Append(Invariant($"""<text x="{Width - Right + 8}" y="{y + 4:F1}" fill="#b5502b">{100 * i / 4} %</text>"""));
        }
        svg.Append(Invariant($"""<text x="{(Left + Width - Right) / 2}" y="{Height - 8}" text-anchor="middle" fill="#555">epoch</text>"""))
           .Append("""<text x="14" y="200" fill="#1f5fa8" transform="rotate(-90 14 200)" text-anchor="middle">loss</text>""")
           .Append(Line(steps.Where(s => double.IsFinite(s.Loss)).Select(s => (s.Epoch / lastEpoch, s.Loss / highest)), "#1f5fa8"));
        if (knn.Count > 0)
        {
            svg.Append(Invariant($"""<text x="{Width - 10}" y="200" fill="#b5502b" transform="rotate(90 {Width - 10} 200)" text-anchor="middle">kNN accuracy</text>"""))
               .Append(Line(knn.Select(k => (k.Epoch / lastEpoch, k.Knn)), "#b5502b"));
            foreach (var k in knn)
                svg.Append(Invariant($"""<circle cx="{X(k.Epoch / lastEpoch):F1}" cy="{Y(k.Knn):F1}" r="3" fill="#b5502b"><title>epoch {k.Epoch:0}: {k.Knn:P1}</title></circle>"""));
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static string Line(IEnumerable<(double X, double Y)> points, string colour) =>
        $"""<polyline fill="none" stroke="{colour}" stroke-width="1.6" """
        + $"""points="{string.Join(' ', points.Select(p => Invariant($"{X(p.X):F1},{Y(p.Y):F1}")))}"/>""";

    private static double X(double share) => Left + share * (Width - Left - Right);

    private static double Y(double share) => Height - Bottom - share * (Height - Top - Bottom);
}
