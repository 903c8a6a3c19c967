namespace Byol.Tests.Documents;

/// <summary>The drawn pictures show what is there, in a light page and in a dark one.</summary>
public sealed class PictureTests
{
    [Fact]
    public void The_house_has_every_project_and_every_layer()
    {
        var house = Picture("house.svg");
        var source = Path.Combine(Repository.Root, "src");
        var layers = new[] { "Byol", "Byol.Data" }.SelectMany(library => Directory.GetDirectories(Path.Combine(source, library)))
            .Where(folder => Directory.GetFiles(folder, "*.cs").Length > 0);
        foreach (var name in Directory.GetDirectories(source).Concat(layers).Select(d => Path.GetFileName(d)).Where(n => n is not ("obj" or "bin")))
            Assert.Contains($">{name}", house, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("house.svg")]
    [InlineData("method.svg")]
    public void It_is_drawn_for_dark_pages_too(string name) => Assert.Contains("@media (prefers-color-scheme: dark)", Picture(name), StringComparison.Ordinal);

    private static string Picture(string name) => File.ReadAllText(Path.Combine(Repository.Root, "docs", "pictures", name));
}
