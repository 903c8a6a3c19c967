namespace Byol.Docs;

/// <summary>Text as it stands in a page.</summary>
internal static class Markdown
{
    /// <summary>Text in which no character means markup.</summary>
    public static string Plain(string text) => text
        .Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "\\<", StringComparison.Ordinal)
        .Replace("*", "\\*", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);

    /// <summary>Code in a cell of a table.</summary>
    public static string Code(string text) => $"`{text.Replace("|", "\\|", StringComparison.Ordinal)}`";

    /// <summary>A table; nothing where it has no rows.</summary>
    public static string Table(IReadOnlyList<string> heading, IEnumerable<IReadOnlyList<string>> rows)
    {
        var lines = rows.Select(Row).ToList();
        return lines.Count == 0 ? "" : string.Join('\n', [Row(heading), $"|{string.Concat(heading.Select(_ => "---|"))}", .. lines]) + "\n";

        static string Row(IReadOnlyList<string> cells) => $"| {string.Join(" | ", cells)} |";
    }
}
