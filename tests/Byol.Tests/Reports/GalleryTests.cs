using System.Xml.Linq;
using Byol.Reports;

namespace Byol.Tests.Reports;

/// <summary>The gallery is one page that needs nothing else, whatever images are called.</summary>
public sealed class GalleryTests
{
    private const string Hostile = "<script>alert(1)</script>\"'&\u0001.png";

    [Fact]
    public void Names_are_text_wherever_they_stand()
    {
        var page = Page(Hostile, new GallerySection(Hostile, Hostile, [new GalleryPicture(Hostile, Hostile, new byte[] { 1, 2, 3 })]));
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain('\u0001', page);
        // Six places, and where lines may break.
        Assert.Equal(7, page.Split("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\uFFFD.png").Length);
        Assert.Contains("<b>&lt;script&gt;alert(1)&lt;/<wbr/>script&gt;&quot;&#39;&amp;\uFFFD.png</b>", page);
    }

    [Fact]
    public void It_loads_and_runs_nothing()
    {
        var page = Page("t", new GallerySection("h", null,
            [new GalleryPicture("a", null, new byte[] { 255, 216 }), new GalleryPicture("b", null, default)]));
        Assert.Contains("default-src 'none'; img-src data:", page);
        Assert.Contains("src=\"data:image/jpeg;base64,/9g=\"", page);
        Assert.Contains("no picture", page);
        Assert.DoesNotMatch("https?:|<script|<link|url\\(|@import", page);
    }

    [Fact]
    public void It_is_well_formed()
    {
        var page = Page(Hostile,
            new GallerySection("h", null, [new GalleryPicture("a", "0.5", new byte[] { 1 })]), new GallerySection("i", "n", []));
        var body = page[page.IndexOf("<body>", StringComparison.Ordinal)..page.IndexOf("</html>", StringComparison.Ordinal)];
        var pictures = XElement.Parse(body).Descendants("li");
        Assert.Equal("a0.5", Assert.Single(pictures).Value);
    }

    // A page of a thousand photographs is never in memory.
    [Fact]
    public void A_picture_is_written_before_the_next_is_asked_for()
    {
        using var output = new StringWriter();
        IEnumerable<GalleryPicture> Pictures()
        {
            for (var i = 0; i < 5; i++)
            {
                if (i > 0) Assert.Contains($"picture {i - 1}", output.ToString());
                yield return new GalleryPicture($"picture {i}", null, new byte[] { 1 });
            }
        }
        Gallery.Write(output, "t", "lead", [new GallerySection("h", null, Pictures())]);
        Assert.Contains("picture 4", output.ToString());
    }

    private static string Page(string title, params GallerySection[] sections)
    {
        using var output = new StringWriter();
        Gallery.Write(output, title, "lead", sections);
        return output.ToString();
    }
}
