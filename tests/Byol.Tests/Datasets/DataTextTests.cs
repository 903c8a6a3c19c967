using Byol.Data.Datasets;

namespace Byol.Tests.Datasets;

/// <summary>Names that look like something else: an existing path wins, and there is an escape for the rest.</summary>
public sealed class DataTextTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DatasetCatalog _catalog;

    public DataTextTests() => _catalog = new DatasetCatalog([], _folder["cache"], _folder["bundled"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("p,q")]
    [InlineData("x{1,2}")]
    [InlineData("q?")]
    [InlineData("s*")]
    [InlineData("[1]")]
    [InlineData("[,]")]
    [InlineData("@insta")]
    [InlineData(" lead")]
    [InlineData("trail ")]
    [InlineData("C:photos")]
    [InlineData("a:b:c")]
    [InlineData("{")]
    [InlineData("-rf")]
    public void A_folder_that_exists_is_data_whatever_it_is_called(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names.");
        Made.Images(_folder[name], 2);
        Made.Images(_folder["other"], 1);
        Assert.Equal(2, _catalog.Open(_folder[name]).Count);
        Assert.Equal(3, _catalog.Open($"{_folder["other"]},{_folder[name]}").Count);
        Assert.Equal(3, _catalog.Open($"{_folder[name]},{_folder["other"]}").Count);
    }

    [Theory]
    [InlineData("p[,]q", "p,q")]
    [InlineData("s[*]", "s*")]
    [InlineData("q[?]", "q?")]
    [InlineData("x[{]1[}]", "x{1}")]
    [InlineData("c[:]photos", "c:photos")]
    public void A_character_in_brackets_stands_for_itself(string typed, string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names.");
        Made.Images(_folder[name], 2);
        Assert.Equal(2, _catalog.Open(_folder[typed]).Count);
    }

    [Fact]
    public void It_does_so_in_patterns_and_where_both_readings_exist()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names.");
        foreach (var name in (string[])["p", "q", "p,q"]) Made.Images(_folder[name], name.Length);
        Assert.Equal(3, _catalog.Open($"{_folder.Path}/p,q").Count);
        Made.File(_folder["w{x}/a*.tar"], Made.Tar(("a.png", Made.Png())));
        Made.File(_folder["w{x}/ab.tar"], Made.Tar(("b.png", Made.Png()), ("c.png", Made.Png())));
        Assert.Equal(1, _catalog.Open(_folder["w[{]x[}]/a[*]*.tar"]).Count);
        Assert.Equal(3, _catalog.Open(_folder["w[{]x[}]/a{[*],b}.tar"]).Count);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(" , ,", "")]
    [InlineData("a, b ,c", "a|b|c")]
    [InlineData("{a,b}.tar,c", "{a,b}.tar|c")]
    [InlineData("mnist:train,cifar10", "mnist:train|cifar10")]
    public void Commas_part_a_list(string typed, string parts) =>
        Assert.Equal(parts.Split('|', StringSplitOptions.RemoveEmptyEntries), DataText.Split(typed));
}
