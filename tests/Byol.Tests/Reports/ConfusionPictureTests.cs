using System.Xml.Linq;
using Byol.Reports;

namespace Byol.Tests.Reports;

public sealed class ConfusionPictureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Every_count_stands_in_its_cell_and_says_what_it_is()
    {
        var drawn = Draw(["cat", "dog"], [[3, 1], [0, 5]]);
        Assert.Equal(["cat taken for cat: 3 (75.0 %)", "cat taken for dog: 1 (25.0 %)", "dog taken for dog: 5 (100.0 %)"],
            drawn.Descendants(Svg + "title").Select(t => t.Value));
        var texts = drawn.Descendants(Svg + "text").Select(t => t.Value).ToList();
        Assert.All((string[])["3", "1", "5", "cat", "dog", "title"], t => Assert.Contains(t, texts));
    }

    [Fact]
    public void Names_that_XML_cannot_hold_do_no_harm() => Draw(["<a> & b", "c\u0001\"d'"], [[1, 1], [1, 1]]);

    [Theory]
    [InlineData(20, true)]
    [InlineData(60, true)]
    [InlineData(61, false)]
    [InlineData(1000, false)]
    public void Many_classes_leave_names_out_and_stay_drawable(int classes, bool named)
    {
        var all = Enumerable.Range(0, classes).ToList();
        var drawn = Draw([.. all.Select(c => $"class{c}")], [.. all.Select(t => (IReadOnlyList<int>)[.. all.Select(p => p == t ? 1 : 0)])]);
        Assert.Equal(named, drawn.Descendants(Svg + "text").Any(t => t.Value == "class7"));
        Assert.Equal(classes, drawn.Descendants(Svg + "title").Count());
    }

    private static XDocument Draw(IReadOnlyList<string> classes, IReadOnlyList<IReadOnlyList<int>> counts) =>
        XDocument.Parse(ConfusionPicture.Draw("title", classes, counts));
}
