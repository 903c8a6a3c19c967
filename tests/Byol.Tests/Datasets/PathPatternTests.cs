using Byol.Data.Datasets;

namespace Byol.Tests.Datasets;

public sealed class PathPatternTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.tar", false)]
    [InlineData("a/b c.tar", false)]
    [InlineData("a}.tar", false)]
    [InlineData("a*.tar", true)]
    [InlineData("a?.tar", true)]
    [InlineData("{a,b}.tar", true)]
    public void Braces_stars_and_question_marks_make_a_pattern(string path, bool pattern) =>
        Assert.Equal(pattern, PathPattern.IsPattern(path));

    [Theory]
    [InlineData("a.tar", "a.tar")]
    [InlineData("{a}", "a")]
    [InlineData("{a,b}.tar", "a.tar b.tar")]
    [InlineData("{,b}.tar", ".tar b.tar")]
    [InlineData("{0..3}", "0 1 2 3")]
    [InlineData("x{000..002}.tar", "x000.tar x001.tar x002.tar")]
    [InlineData("{8..11}", "8 9 10 11")]
    [InlineData("{08..11}", "08 09 10 11")]
    [InlineData("{5..5}", "5")]
    [InlineData("{a,b}{0..1}", "a0 a1 b0 b1")]
    [InlineData("{a,b}/{c,d}.tar", "a/c.tar a/d.tar b/c.tar b/d.tar")]
    public void Braces_are_written_out(string pattern, string expected) => Assert.Equal(expected.Split(' '), PathPattern.Braces(pattern));

    [Theory]
    [InlineData("{")]
    [InlineData("a{0..3")]
    [InlineData("}{")]
    [InlineData("{3..0}")]
    [InlineData("{a..c}")]
    [InlineData("{0..}")]
    [InlineData("{..}")]
    [InlineData("{-1..3}")]
    [InlineData("{0..100000}")]
    [InlineData("{0..99999999999}")]
    public void Braces_that_make_no_sense_are_refused(string pattern) =>
        Assert.Contains(pattern, Assert.Throws<DatasetException>(() => PathPattern.Braces(pattern).ToList()).Message);

    [Theory]
    [InlineData("*.tar", "a0.tar a1.tar b0.tar")]
    [InlineData("a*.tar", "a0.tar a1.tar")]
    [InlineData("?0.tar", "a0.tar b0.tar")]
    [InlineData("{b,a}0.tar", "a0.tar b0.tar")]
    [InlineData("{a,b}*.tar", "a0.tar a1.tar b0.tar")]
    [InlineData("{a,a}0.tar", "a0.tar")]
    [InlineData("a{0..1}.tar", "a0.tar a1.tar")]
    public void Files_come_once_and_in_order(string pattern, string expected)
    {
        foreach (var name in (string[])["b0.tar", "a1.tar", "a0.tar", "other.txt"]) Made.File(_folder[name], []);
        Assert.Equal(expected.Split(' '), PathPattern.Files(_folder[pattern]).Select(f => Path.GetFileName(f)));
    }

    [Theory]
    [InlineData("*.tar", "No file matches")]
    [InlineData("nowhere/*.tar", "No file matches")]
    [InlineData("{0..1}.tar", "does not exist")]
    [InlineData("a.tar", "does not exist")]
    [InlineData("*/a*.tar", "in a folder's name")]
    public void What_is_missing_is_said(string pattern, string message) =>
        Assert.Contains(message, Assert.Throws<DatasetException>(() => PathPattern.Files(_folder[pattern])).Message);
}
