using System.Text;

namespace Byol.Data.Datasets;

/// <summary>What a list of files says.</summary>
/// <param name="Files">Paths as they are written, with / between folders.</param>
/// <param name="Labels">A label for each; null if the list has none.</param>
internal sealed record ListedFiles(IReadOnlyList<string> Files, IReadOnlyList<string>? Labels)
{
    private static readonly string[] PathColumns =
        ["path", "file", "filename", "file_name", "filepath", "file_path", "image", "image_path", "name"],
        LabelColumns = ["label", "class", "category", "target", "class_name"];

    /// <summary>The first file that has no label in a list of labels.</summary>
    public string? FirstWithoutLabel =>
        Labels is null || !Labels.Contains("") ? null : Files[Labels.Select((label, i) => (label, i)).First(l => l.label.Length == 0).i];

    /// <summary>One path a line; empty lines and those that begin with # are left out.</summary>
    public static ListedFiles OfText(string path) => new(
        [.. File.ReadLines(path).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#').Select(WithSlashes)], null);

    /// <summary>Comma-separated values whose first row names the columns; without names, paths are the first and labels the
    /// second.</summary>
    public static ListedFiles OfCsv(string path)
    {
        var rows = File.ReadLines(path).Where(l => l.Trim().Length > 0).Select(Cells).ToList();
        if (rows.Count == 0) return new ListedFiles([], null);
        var (files, labels) = (Column(rows[0], PathColumns), Column(rows[0], LabelColumns));
        if (files < 0 && (labels >= 0 || rows[0].Count > 2))
        {
            throw new DatasetException($"{path} has the columns {string.Join(", ", rows[0])}, and none with paths; "
                + $"call it one of {string.Join(", ", PathColumns)}.");
        }
        if (files >= 0) rows.RemoveAt(0);
        else (files, labels) = (0, rows[0].Count == 2 ? 1 : -1);
        return new ListedFiles(
            [.. rows.Select(r => WithSlashes(Cell(r, files)))], labels < 0 ? null : [.. rows.Select(r => Cell(r, labels))]);
    }

    private static int Column(List<string> header, string[] names) =>
        header.FindIndex(c => names.Contains(c.Trim(), StringComparer.OrdinalIgnoreCase));

    private static string Cell(List<string> row, int at) => at < row.Count ? row[at].Trim() : "";

    private static string WithSlashes(string path) => path.Replace('\\', '/');

    // RFC 4180, but for line breaks within quotes: no path has them.
    private static List<string> Cells(string line)
    {
        var (cells, cell, isQuoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && isQuoted && i + 1 < line.Length && line[i + 1] == '"') cell.Append(line[++i]);
            else if (line[i] == '"') isQuoted = !isQuoted;
            else if (line[i] != ',' || isQuoted) cell.Append(line[i]);
            else
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
        }
        return [.. cells, cell.ToString()];
    }
}
