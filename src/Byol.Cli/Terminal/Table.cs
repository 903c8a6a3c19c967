using System.Text;

namespace Byol.Cli.Terminal;

/// <summary>Text in columns: the first to the left, the others to the right.</summary>
internal static class Table
{
    /// <summary>The first rows of a table that may be long, and how many more there are.</summary>
    /// <param name="header">The columns.</param>
    /// <param name="rows">All rows.</param>
    /// <param name="most">How many to show.</param>
    /// <param name="where">Where all of them are: <c>--json has all</c>.</param>
    public static string Some(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows, int most, string where) =>
        Format(header, [.. rows.Take(most)]) + (rows.Count > most ? $"  and {Counts.Of(rows.Count - most, "more row")}: {where}\n" : "");

    public static string Format(IReadOnlyList<string> header, params IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = Enumerable.Range(0, header.Count).Select(c => rows.Select(r => r[c].Length).Append(header[c].Length).Max()).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows.Prepend([.. widths.Select(w => new string('─', w))]).Prepend(header))
        {
            var cells = row.Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]));
            text.Append("  ").AppendLine(string.Join("  ", cells).TrimEnd());
        }
        return text.ToString();
    }
}
