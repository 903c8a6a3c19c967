using System.Text.RegularExpressions;

namespace Byol.Tests.Documents;

/// <summary>A command that a page tells people to type.</summary>
/// <param name="Document">The page, seen from the repository.</param>
/// <param name="Text">As it stands there, without its comment.</param>
internal sealed partial record DocumentedCommand(string Document, string Text)
{
    /// <summary>The pages that tell people what to type.</summary>
    public static IReadOnlyList<string> Documents { get; } =
    [
        .. Directory.GetFiles(Repository.Root, "*.md"),
        .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories),
        .. Directory.GetFiles(Path.Combine(Repository.Root, "bench", "results"), "*.md", SearchOption.AllDirectories),
        .. Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(d => Path.Combine(d, "README.md")).Where(File.Exists),
    ];

    /// <summary>Every line of every block of shell commands; a line that ends in a backslash goes on.</summary>
    public static IReadOnlyList<DocumentedCommand> All { get; } =
    [
        .. from document in Documents
           from block in Block().Matches(File.ReadAllText(document).ReplaceLineEndings("\n"))
           from line in block.Groups[1].Value.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
           let text = Spaces().Replace(Comment().Replace(line, ""), " ").Trim()
           where text.Length > 0
           select new DocumentedCommand(Path.GetRelativePath(Repository.Root, document).Replace('\\', '/'), text),
    ];

    [GeneratedRegex(@"^```(?:sh|bash|console)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"(^|\s)#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s{2,}")]
    private static partial Regex Spaces();
}
