using Byol.Data.Datasets;

namespace Byol.Tests.Datasets;

public sealed class KnownDatasetTests
{
    public static TheoryData<string> Names => [.. KnownDataset.All.Select(d => d.Name)];

    [Fact]
    public void Names_are_unique() =>
        Assert.Equal(KnownDataset.All.Count, KnownDataset.All.Select(d => d.Name.ToUpperInvariant()).Distinct().Count());

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_is_found_in_any_case(string name)
    {
        Assert.Equal(name, KnownDataset.Find(name)?.Name);
        Assert.Equal(name, KnownDataset.Find(name.ToUpperInvariant())?.Name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_has_splits_and_one_line_about_it(string name)
    {
        var known = KnownDataset.Find(name)!;
        Assert.NotEmpty(known.Splits);
        Assert.Equal(known.Splits.Distinct(), known.Splits);
        Assert.DoesNotContain('\n', known.About);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Downloads_have_absolute_addresses_and_digests(string name)
    {
        var known = KnownDataset.Find(name)!;
        Assert.Equal(name == KnownDataset.BundledName, known.Files.Count == 0);
        Assert.All(known.Files, f =>
        {
            Assert.True(Uri.TryCreate(f.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https", f.Url);
            Assert.Matches("^[0-9a-f]{32}$", f.Md5);
        });
        Assert.Equal(known.Files.Count, known.Files.Select(f => Path.GetFileName(f.Url)).Distinct().Count());
        Assert.Equal(known.Members.Count > 0, known.Files.Any(f => f.Url.EndsWith(".tar.gz", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cifar")]
    [InlineData("cifar10 ")]
    public void Other_names_are_not_known(string name) => Assert.Null(KnownDataset.Find(name));
}
