using System.Text.RegularExpressions;

namespace Byol.Tests.Documents;

/// <summary>Pages in Chinese say what those in English say: the same commands and outputs, the same figures, the same links.</summary>
public sealed partial class ChineseTests
{
    private const string Ending = ".zh-CN.md";

    public static TheoryData<string> Pages =>
        [.. from file in Directory.GetFiles(Repository.Root, $"*{Ending}")
                .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "docs"), $"*{Ending}", SearchOption.AllDirectories))
            orderby file
            select Path.GetRelativePath(Repository.Root, file)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_is_in_step_with_the_English_one(string page)
    {
        var (chinese, english) = (Text(page), Text(English(page)));
        Assert.Matches(@"\p{IsCJKUnifiedIdeographs}{4}", chinese);
        Assert.Equal(Blocks(english), Blocks(chinese));
        Assert.Equal(Figures(english), Figures(chinese));
        Assert.Equal(Links(english, but: page), Links(chinese, but: English(page)));
        Assert.Equal(Heading().Count(english), Heading().Count(chinese));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_links_to_the_other(string page)
    {
        Assert.Contains($"]({Path.GetFileName(English(page))})", Text(page), StringComparison.Ordinal);
        Assert.Contains($"{Path.GetFileName(page)})", Text(English(page)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("```sh\n./byol doctor     # is it all right?\n```\n", "```sh\n./byol doctor  # 都好吗\n```\n", true)]
    [InlineData("```sh\n./byol doctor\n```\n", "```sh\n./byol quickstart\n```\n", false)]
    [InlineData("```csharp\nOpen(\"a\");   // it\n```\n", "```csharp\nOpen(\"a\");   // 它\n```\n", true)]
    [InlineData("```text\n77.6 %\n```\n", "```text\n77.7 %\n```\n", false)]
    public void Blocks_that_differ_are_told_from_comments_that_do(string english, string chinese, bool same) =>
        Assert.Equal(same, Blocks(english).SequenceEqual(Blocks(chinese)));

    [Theory]
    [InlineData("12 of 1,300 are 0.5 % ([a](b.md#3))", "1,300 张里有 12 张，即 0.5 %（[甲](b.md#3)）", true)]
    [InlineData("12 of 1,300", "1,300 张里有 13 张", false)]
    public void Figures_are_the_same_in_any_order(string english, string chinese, bool same) =>
        Assert.Equal(same, Figures(english).SequenceEqual(Figures(chinese)));

    private static string English(string page) => page.Replace(Ending, ".md", StringComparison.Ordinal);

    private static string Text(string page) => File.ReadAllText(Path.Combine(Repository.Root, page)).ReplaceLineEndings("\n");

    // Comments are in the language of the page.
    private static List<string> Blocks(string text) =>
        [.. Block().Matches(text).Select(m => Comment(m.Groups[1].Value).Replace(m.Groups[2].Value, ""))];

    private static Regex Comment(string language) => language switch { "sh" => AfterHash(), "csharp" => AfterSlashes(), _ => Nothing() };

    private static List<string> Figures(string text) =>
        [.. Number().Matches(Link().Replace(Block().Replace(text, ""), "]")).Select(m => m.Value).Order(StringComparer.Ordinal)];

    // Pages that are there in both languages are the same; the link to the other language is in one of them alone.
    private static List<string> Links(string text, string but) =>
        [.. Link().Matches(text).Select(m => m.Groups[1].Value).Where(l => l != Path.GetFileName(but))
            .Select(l => l.Replace(Ending, ".md", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [GeneratedRegex("^```([a-z]*)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@" *#.*$", RegexOptions.Multiline)]
    private static partial Regex AfterHash();

    [GeneratedRegex(@" *//.*$", RegexOptions.Multiline)]
    private static partial Regex AfterSlashes();

    [GeneratedRegex(@"(?!)")]
    private static partial Regex Nothing();

    [GeneratedRegex(@"\d+(?:[.,]\d+)*")]
    private static partial Regex Number();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ ", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
