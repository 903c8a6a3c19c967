using System.Text;

namespace Byol.Cli.Terminal;

/// <summary>Text in columns: the first to the left, the others to the right.</summary>
internal static class Table
{
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
