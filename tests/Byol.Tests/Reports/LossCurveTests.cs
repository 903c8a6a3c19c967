using System.Globalization;
using System.Xml.Linq;
using Byol.Reports;
using Byol.Runs;

namespace Byol.Tests.Reports;

public sealed class LossCurveTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Theory]
    [InlineData("plain")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("a & b &amp; c")]
    [InlineData("\"quoted\" 'x' > y")]
    [InlineData("日本語 🐕")]
    [InlineData("{0} {brace}")]
    [InlineData("")]
    public void The_title_stands_as_given(string title) =>
        Assert.Contains(title, Draw(title, [Step(1, 2)]).Descendants(Svg + "text").Select(t => t.Value));

    [Fact]
    public void Characters_that_XML_cannot_hold_do_no_harm() => Draw("a\u0001b\u001bc", [Step(1, 2)]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(500)]
    public void There_is_a_point_for_each_record(int count) =>
        Assert.Equal(count, Points(Draw("t", [.. Enumerable.Range(1, count).Select(i => Step(i, 2.0 / i))])).Length);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_loss_that_is_no_number_is_left_out(double loss)
    {
        Assert.Equal(2, Points(Draw("t", [Step(1, 2), Step(2, loss), Step(3, 1)])).Length);
        Assert.Empty(Points(Draw("t", [Step(1, loss)])));
    }

    [Fact]
    public void Every_point_lies_on_the_sheet_and_time_runs_to_the_right()
    {
        var points = Points(Draw("t", [.. Enumerable.Range(1, 40).Select(i => Step(i, 8 * Math.Abs(Math.Sin(i))))]));
        Assert.All(points, p => Assert.True(p.X is >= 0 and <= 760 && p.Y is >= 0 and <= 360));
        Assert.Equal(points.OrderBy(p => p.X), points);
    }

    [Fact]
    public void A_lower_loss_lies_lower()
    {
        var points = Points(Draw("t", [Step(1, 3), Step(2, 1)]));
        Assert.True(points[0].Y < points[1].Y);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void Each_evaluation_has_a_circle(int count)
    {
        var knn = Enumerable.Range(1, count).Select(i => new KnnRecord(i, i, 1.0 / i, i)).ToArray();
        var drawn = Draw("t", [Step(10, 2)], knn);
        Assert.Equal(count, drawn.Descendants(Svg + "circle").Count());
        Assert.Equal(count > 0 ? 2 : 1, drawn.Descendants(Svg + "polyline").Count());
    }

    [Fact]
    public void Epoch_0_alone_is_drawn() => Assert.Single(Points(Draw("t", [Step(0, 0)])));

    private static XDocument Draw(string title, StepRecord[] steps, params KnnRecord[] knn)
    {
        var svg = LossCurve.Draw(title, steps, knn);
        Assert.DoesNotContain("NaN", svg);
        Assert.DoesNotContain("∞", svg);
        return XDocument.Parse(svg);
    }

    private static (double X, double Y)[] Points(XDocument svg) =>
        [.. svg.Descendants(Svg + "polyline").First().Attribute("points")!.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(p => p.Split(',')).Select(p => (Number(p[0]), Number(p[1])))];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static StepRecord Step(long step, double loss) => new(step, step, loss, 0.1, 0.99, 1, 100, 0, step);
}
