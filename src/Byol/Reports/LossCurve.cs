using System.Text;
using Byol.Runs;
using static Byol.Reports.Svg;

namespace Byol.Reports;

/// <summary>A run's curves as one self-contained SVG: the loss, and the kNN accuracy where it was measured.</summary>
internal static class LossCurve
{
    private const int Width = 760, Height = 360, Left = 56, Right = 56, Top = 36, Bottom = 44, Ticks = 5;

    /// <summary>Draws the curves.</summary>
    /// <param name="title">What stands above them.</param>
    /// <param name="steps">The log's steps, at least one.</param>
    /// <param name="knn">The log's evaluations.</param>
    public static string Draw(string title, IReadOnlyList<StepRecord> steps, IReadOnlyList<KnnRecord> knn)
    {
        var lastEpoch = Math.Max(steps.Max(s => s.Epoch), 1e-6);
        var highest = Math.Max(0.5,
            Math.Ceiling(steps.Where(s => double.IsFinite(s.Loss)).Select(s => s.Loss).DefaultIfEmpty(1).Max() * 2) / 2);
        var svg = new StringBuilder(Begin(Width, Height, Left, title));
        foreach (var loss in RoundTicks.Between(0, highest, Ticks))
        {
            svg.Append(Line(Left, Y(loss / highest), Width - Right, Y(loss / highest)))
               .Append(Text(Left - 8, Y(loss / highest) + 4, Invariant($"{loss:0.##}"), Blue, "end"));
        }
        foreach (var epoch in RoundTicks.Between(0, lastEpoch, Ticks + 1))
            svg.Append(Text(X(epoch / lastEpoch), Height - Bottom + 18, Invariant($"{epoch:G4}"), Gray, "middle"));
        for (var percent = 0; knn.Count > 0 && percent <= 100; percent += 20)
            svg.Append(Text(Width - Right + 8, Y(percent / 100.0) + 4, $"{percent} %", Red));
        svg.Append(Text((Left + Width - Right) / 2.0, Height - 8, "epoch", Gray, "middle"))
           .Append(Turned(14, 200, -90, "loss", Blue))
           .Append(Curve(steps.Where(s => double.IsFinite(s.Loss)).Select(s => (X(s.Epoch / lastEpoch), Y(s.Loss / highest))), Blue));
        if (knn.Count > 0)
        {
            svg.Append(Turned(Width - 10, 200, 90, "kNN accuracy", Red))
               .Append(Curve(knn.Select(k => (X(k.Epoch / lastEpoch), Y(k.Knn))), Red));
            foreach (var k in knn)
                svg.Append(Invariant($"""<circle cx="{X(k.Epoch / lastEpoch):F1}" cy="{Y(k.Knn):F1}" r="3" fill="{Red}">"""))
                   .Append(Invariant($"<title>epoch {k.Epoch:0}: {k.Knn:P1}</title></circle>"));
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static double X(double share) => Left + share * (Width - Left - Right);

    private static double Y(double share) => Height - Bottom - share * (Height - Top - Bottom);
}
