using System.Text.RegularExpressions;

namespace Byol.Tests.Documents;

/// <summary>Tables of explanations and tutorials repeat what was measured elsewhere: each of their figures with a decimal point stands in a file
/// that the page links, so that neither changes without the other.</summary>
public sealed partial class RepeatedFiguresTests
{
    public static TheoryData<string> Pages =>
        [.. from folder in (string[])["tutorials", "how-to", "explanation"]
            from file in Directory.GetFiles(Path.Combine(Repository.Root, "docs", folder), "*.md")
            let name = Path.GetRelativePath(Repository.Root, file).Replace('\\', '/')
            where name != Measured && InTables(File.ReadAllText(file)).Count > 0
            orderby name
            select name];

    // Where figures stand that have no other page.
    private const string Measured = "docs/explanation/measured.md";

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_figure_of_a_table_stands_in_a_file_that_the_page_links(string page)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, page));
        var sources = Link().Matches(text).Select(m => m.Groups[1].Value.Split('#')[0])
            .Where(l => l.Length > 0 && !l.StartsWith("http", StringComparison.Ordinal))
            .Select(l => Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, l)))
            .Where(f => Path.GetExtension(f) is ".md" or ".toml" && f != Path.Combine(Repository.Root, page));
        var known = sources.SelectMany(f => Figures(File.ReadAllText(f))).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(InTables(text), f => !known.Contains(f));
    }

    [Fact]
    public void Figures_are_found_in_tables_alone() =>
        Assert.Equal(["1.5", "20.3"], InTables("of 7.7\n\n| a | 1.5 ± 20.3 |\n|---|---:|\n\n```text\n| 3.1 |\n```\n"));

    private static List<string> InTables(string text) => [.. Row().Matches(Block().Replace(text, "")).SelectMany(m => Figures(m.Value))];

    private static IEnumerable<string> Figures(string text) => Figure().Matches(text).Select(m => m.Value);

    [GeneratedRegex(@"^\|.*$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"(?<![\d.])\d+\.\d+(?![\d.])")]
    private static partial Regex Figure();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
