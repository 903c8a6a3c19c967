using System.Globalization;
using System.Xml.Linq;
using Byol.Reports;

namespace Byol.Tests.Reports;

public sealed class ChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Each_series_is_a_line_with_its_name()
    {
        var (one, two) = (new Series("one", [(1, 1), (2, 2)]), new Series("<two> & b\u0001", [(1, 2), (2, 1)]));
        var drawn = Lines(new Axis("x"), new Axis("y"), one, two);
        Assert.Equal(2, drawn.Descendants(Svg + "polyline").Count());
        var texts = drawn.Descendants(Svg + "text").Select(t => t.Value).ToList();
        Assert.All((string[])["one", "<two> & b", "x", "y", "title"], t => Assert.Contains(t, texts));
    }

    [Fact]
    public void Equal_ratios_are_equal_distances_on_a_logarithmic_axis()
    {
        var series = new Series("s", [(1, 1), (10, 100), (100, 10000)]);
        var points = Points(Lines(new Axis("x", Logarithmic: true), new Axis("y", Logarithmic: true), series));
        Assert.Equal(points[1].X - points[0].X, points[2].X - points[1].X, 0.2);
        Assert.Equal(points[0].Y - points[1].Y, points[1].Y - points[2].Y, 0.2);
        Assert.True(points[0].X < points[1].X && points[0].Y > points[1].Y);
    }

    [Fact]
    public void What_an_axis_cannot_hold_is_left_out()
    {
        var series = new Series("s", [(1, 1), (2, 0), (3, -1), (4, double.NaN), (5, 2)]);
        Assert.Equal(2, Points(Lines(new Axis("x"), new Axis("y", Logarithmic: true), series)).Count);
        Assert.Empty(Points(Lines(new Axis("x"), new Axis("y"), new Series("s", []))));
        Assert.Single(Points(Lines(new Axis("x"), new Axis("y"), new Series("s", [(3, 3)]))));
    }

    [Fact]
    public void Every_point_lies_on_the_sheet_between_given_ends()
    {
        var points = Points(Lines(new Axis("x"), new Axis("y", Low: 0, High: 100), new Series("s", [(1, 0), (2, 50), (3, 100)])));
        Assert.All(points, p => Assert.True(p.X is >= 0 and <= 760 && p.Y is >= 0 and <= 360));
        Assert.Equal(points[1].Y, (points[0].Y + points[2].Y) / 2, 0.2);
    }

    [Fact]
    public void Bars_are_as_long_as_they_say_and_the_papers_stand_beside()
    {
        var drawn = XDocument.Parse(BarChart.Draw("title", "ours", "the paper", [new Bar("a", [20], 40), new Bar("b <", [10, 30], null)]));
        var widths = drawn.Descendants(Svg + "rect").Skip(1).Select(r => Number(r.Attribute("width")!.Value)).ToList();
        Assert.Equal(3, widths.Count);
        Assert.Equal(2 * widths[0], widths[1], 0.2);
        Assert.Equal(widths[0], widths[2], 0.2);
        Assert.Equal(2, drawn.Descendants(Svg + "circle").Count());
        var texts = drawn.Descendants(Svg + "text").Select(t => t.Value).ToList();
        Assert.All((string[])["a", "b <", "20.0", "40.0", "ours", "the paper"], t => Assert.Contains(t, texts));
    }

    private static XDocument Lines(Axis x, Axis y, params Series[] series)
    {
        var svg = LineChart.Draw("title", x, y, series);
        Assert.DoesNotContain("NaN", svg);
        return XDocument.Parse(svg);
    }

    private static List<(double X, double Y)> Points(XDocument svg) =>
        [.. svg.Descendants(Svg + "polyline").First().Attribute("points")!.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(p => p.Split(',')).Select(p => (Number(p[0]), Number(p[1])))];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
