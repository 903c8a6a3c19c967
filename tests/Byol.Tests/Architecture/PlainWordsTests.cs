using System.Text.RegularExpressions;

namespace Byol.Tests.Architecture;

/// <summary>Documents, comments and messages are in plain English: none of the turns of <c>turns.tsv</c> comes back.</summary>
public sealed class PlainWordsTests
{
    private const string List = "tests/Byol.Tests/Architecture/turns.tsv";

    // A space within a turn is also the end of a line, with the marks that the next one begins with.
    private const string Space = @"(?:[ ]|\s*\n[ \t]*(?:///?|\#|\*|>|-\s)?[ \t]*)";

    private static readonly List<Turn> Turns =
        [.. from line in File.ReadLines(Path.Combine(Repository.Root, List))
            where line.Length > 0 && line[0] != '#'
            let cells = line.Split('\t')
            select new Turn(cells[0], cells[1], cells[2], cells[3])];

    private static readonly string[] Endings = [".md", ".cs", ".csproj", ".toml", ".py", ".js", ".html", ".sbatch", ".yml"];

    public static TheoryData<string> Patterns => [.. Turns.Select(t => t.Pattern)];

    [Fact]
    public void No_turn_of_the_list_is_in_a_document_a_comment_or_a_message()
    {
        var files = Files().ToList();
        Assert.True(files.Count > 600, $"{files.Count} files");
        var found = files.SelectMany(f => Found(f, File.ReadAllText(Path.Combine(Repository.Root, f)))).ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void A_turn_finds_its_example_and_leaves_right_English_alone(string pattern)
    {
        var turn = Turns.Single(t => t.Pattern == pattern);
        Assert.Contains(Found("a.md", turn.Wrong), f => f.EndsWith($"; say: {turn.Remedy}", StringComparison.Ordinal));
        Assert.DoesNotMatch(turn.Regex, turn.Right);
    }

    [Fact]
    public void What_is_found_has_file_line_turn_and_remedy() => Assert.Equal(
        ["a.cs:3: \"is no\"; say: is not a, are not"], Found("a.cs", "// One.\n\n    /// <summary>What is\n    /// no image.</summary>\n"));

    private static IEnumerable<string> Found(string file, string text) =>
        from turn in Turns
        from match in turn.Regex.Matches(text)
        let line = 1 + text.AsSpan(0, match.Index).Count('\n')
        select $"{file}:{line}: \"{Regex.Replace(match.Value, Space, " ").Trim()}\"; say: {turn.Remedy}";

    private static IEnumerable<string> Files() =>
        from folder in (string[])["docs", "recipes", "samples", "src", "bench", ""]
        let path = Path.Combine(Repository.Root, folder)
        from file in Directory.GetFiles(path, "*", folder.Length > 0 ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly)
        let name = Path.GetRelativePath(Repository.Root, file).Replace('\\', '/')
        where Endings.Any(e => name.EndsWith(e, StringComparison.Ordinal)) && !name.Split('/').Any(p => p is "obj" or "bin" or "node_modules" or "_site")
        where !name.EndsWith(".zh-CN.md", StringComparison.Ordinal)
        select name;

    private sealed record Turn(string Pattern, string Remedy, string Wrong, string Right)
    {
        public Regex Regex { get; } = new(Pattern.Replace(" ", Space, StringComparison.Ordinal), RegexOptions.IgnoreCase);
    }
}
