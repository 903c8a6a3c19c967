using System.Text;
using System.Text.RegularExpressions;

namespace Byol.Tests.Documents;

/// <summary>What somebody asks who knows C# and no machine learning is answered within two clicks.</summary>
public sealed partial class QuestionTests
{
    private static readonly string[] Questions =
    [
        "How long will it take?", "Is my encoder any good?", "How many images do I need?", "How do I use it in ASP.NET?",
        "Can I resume an interrupted run?", "What does τ do?",
    ];

    public static TheoryData<string, string> Asked =>
        [.. from page in (string[])["README.md", "docs/index.md"] from question in Questions select (page, question)];

    public static TheoryData<string> Pages => [.. DocumentedCommand.Documents.Select(d => Path.GetRelativePath(Repository.Root, d).Replace('\\', '/'))];

    [Theory]
    [MemberData(nameof(Asked))]
    public void It_is_one_click_away(string page, string question)
    {
        var line = File.ReadLines(Path.Combine(Repository.Root, page)).SingleOrDefault(l => l.Contains(question, StringComparison.Ordinal));
        Assert.True(line is not null, $"{page} does not ask: {question}");
        var link = Link().Match(line).Groups[1].Value;
        Assert.True(link.Length > 0, line);
        Assert.Null(Fault(page, link));
        var (file, heading) = (Resolved(page, link), link.Split('#').ElementAtOrDefault(1));
        Assert.True(heading is not null, $"{link} leads to a whole page; name the heading below which the answer is.");
        Assert.True(Answer(file, heading).Length > 200, $"{link}: below that heading is hardly an answer.");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_to_headings_that_are_there(string page)
    {
        var links = Link().Matches(File.ReadAllText(Path.Combine(Repository.Root, page))).Select(m => m.Groups[1].Value)
            .Where(l => !l.StartsWith("http", StringComparison.Ordinal));
        Assert.All(links, link => Assert.Null(Fault(page, link)));
    }

    private static string? Fault(string page, string link)
    {
        var (file, heading) = (Resolved(page, link), link.Split('#').ElementAtOrDefault(1));
        if (!Path.Exists(file)) return $"{link} is not there.";
        if (heading is null || !file.EndsWith(".md", StringComparison.Ordinal)) return null;
        var known = Headings(file).Select(h => h.Anchor).ToList();
        return known.Contains(Uri.UnescapeDataString(heading)) ? null : $"{link}: no heading has this anchor; there are {string.Join(", ", known)}.";
    }

    private static string Resolved(string page, string link) => link.StartsWith('#') ? Path.Combine(Repository.Root, page)
        : Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, link.Split('#')[0]));

    private static string Answer(string file, string anchor)
    {
        var headings = Headings(file);
        var at = headings.FindIndex(h => h.Anchor == Uri.UnescapeDataString(anchor));
        var end = headings.Skip(at + 1).FirstOrDefault(h => h.Level <= headings[at].Level).Start;
        var text = File.ReadAllText(file);
        return text[headings[at].Start..(end == 0 ? text.Length : end)];
    }

    private static List<(int Start, int Level, string Anchor)> Headings(string file) =>
        [.. Heading().Matches(Fence().Replace(File.ReadAllText(file), m => new string(' ', m.Length)))
            .Select(m => (m.Index, m.Groups[1].Length, Anchor(m.Groups[2].Value)))];

    // As GitHub makes it, and DocFX.
    private static string Anchor(string heading)
    {
        var anchor = new StringBuilder();
        foreach (var c in heading.Trim().ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(c) || c is '-' or '_') anchor.Append(c);
            else if (c == ' ') anchor.Append('-');
        }
        return anchor.ToString();
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^(#+) (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
