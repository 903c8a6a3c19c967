using System.Globalization;

namespace Byol.Data.Datasets;

/// <summary>Paths written with braces (<c>train-{000000..000003}.tar</c>, <c>{a,b}.tar</c>) or with * and ? in the file's name.</summary>
internal static class PathPattern
{
    private const int MostFiles = 100_000;

    /// <summary>Whether a text is a pattern rather than a plain path.</summary>
    /// <param name="path">A path or pattern.</param>
    public static bool IsPattern(string path) => path.AsSpan().ContainsAny("{*?");

    /// <summary>The existing files that a pattern stands for, in ordinal order.</summary>
    /// <param name="pattern">A path or pattern.</param>
    /// <exception cref="DatasetException">A file is missing, or nothing matches.</exception>
    public static IReadOnlyList<string> Files(string pattern)
    {
        var files = Braces(pattern)
            .SelectMany(p => p.AsSpan().ContainsAny("*?") ? Glob(p) : [p])
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        if (files.Count == 0) throw new DatasetException($"No file matches {pattern}; check the folder and the pattern.");
        return files.FirstOrDefault(f => !File.Exists(f)) is { } missing
            ? throw new DatasetException($"File {missing} does not exist; check the path or pattern {pattern}.")
            : files;
    }

    private static IEnumerable<string> Glob(string pattern)
    {
        var folder = Path.GetDirectoryName(pattern) is { Length: > 0 } parent ? parent : ".";
        if (folder.AsSpan().ContainsAny("*?"))
            throw new DatasetException($"{pattern} has * or ? in a folder's name; they may stand in the file's name only.");
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, Path.GetFileName(pattern)).Select(f => folder == "." ? Path.GetFileName(f) : f)
            : [];
    }

    /// <summary>A pattern's braces written out: ranges of numbers keep their leading zeros.</summary>
    /// <param name="pattern">A path or pattern.</param>
    /// <exception cref="DatasetException">A brace is not closed, or a range makes too many files.</exception>
    public static IEnumerable<string> Braces(string pattern)
    {
        var open = pattern.IndexOf('{', StringComparison.Ordinal);
        if (open < 0) return [pattern];
        var close = pattern.IndexOf('}', open);
        if (close < 0)
            throw new DatasetException($"{pattern} opens a brace and does not close it; write for instance train-{{000000..000003}}.tar.");
        return Choices(pattern[(open + 1)..close], pattern).SelectMany(choice => Braces(pattern[..open] + choice + pattern[(close + 1)..]));
    }

    private static IEnumerable<string> Choices(string inside, string pattern)
    {
        if (inside.Split("..") is not [var low, var high]) return inside.Split(',');
        if (!int.TryParse(low, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !int.TryParse(high, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            || last < first || last - first >= MostFiles)
        {
            throw new DatasetException(
                $"Range {inside} in {pattern} must rise from one number to another; write for instance {{000000..000003}}.");
        }
        return Enumerable.Range(first, last - first + 1).Select(n => n.ToString(CultureInfo.InvariantCulture).PadLeft(low.Length, '0'));
    }
}
