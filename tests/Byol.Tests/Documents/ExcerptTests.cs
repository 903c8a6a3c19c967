using System.Text.RegularExpressions;

namespace Byol.Tests.Documents;

/// <summary>The C# of tutorials, how-to and explanation is taken from source that is compiled: each block stands in the file that was last
/// linked above it. Blank lines and indentation may differ, and a line <c>// …</c> leaves some out.</summary>
public sealed partial class ExcerptTests
{
    private const string Gap = "// …";

    public static TheoryData<string> Pages =>
        [.. from folder in (string[])["tutorials", "how-to", "explanation"]
            from file in Directory.GetFiles(Path.Combine(Repository.Root, "docs", folder), "*.md")
            where File.ReadAllText(file).Contains("```csharp", StringComparison.Ordinal)
            orderby file
            select Path.GetRelativePath(Repository.Root, file)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_block_stands_in_the_file_that_is_linked_above_it(string page)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, page)).ReplaceLineEndings("\n");
        Assert.All(Block().Matches(text), block =>
        {
            var links = SourceLink().Matches(text[..block.Index]);
            Assert.True(links.Count > 0, $"{page}: no file of source is linked above\n{block.Value}");
            var source = Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, links[^1].Groups[1].Value);
            Assert.True(StandsIn(File.ReadAllText(source), block.Groups[1].Value), $"{page}: not in {source}:\n{block.Value}");
        });
    }

    [Theory]
    [InlineData("a();\nb();", true)]
    [InlineData("  a();\n\n  b();", true)]
    [InlineData("a();\n// …\nc();", true)]
    [InlineData("a();\nc();", false)]
    [InlineData("a();\nb(1);", false)]
    [InlineData("c();\n// …\na();", false)]
    public void A_block_that_differs_is_found(string block, bool stands) =>
        Assert.Equal(stands, StandsIn("{\n    a();\n    b();\n\n    c();\n}\n", block));

    private static bool StandsIn(string source, string block)
    {
        var (there, from) = (Lines(source), 0);
        List<string> part = [];
        foreach (var line in Lines(block).Append(Gap))
        {
            if (line != Gap)
            {
                part.Add(line);
                continue;
            }
            var at = Enumerable.Range(from, there.Count - from).FirstOrDefault(i => there.Skip(i).Take(part.Count).SequenceEqual(part), -1);
            if (at < 0) return false;
            (from, part) = (at + part.Count, []);
        }
        return true;
    }

    private static List<string> Lines(string text) => [.. text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0)];

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\(([^)#]+\.cs)\)")]
    private static partial Regex SourceLink();
}
