using System.Globalization;
using System.IO.Enumeration;

namespace Byol.Data.Datasets;

/// <summary>Paths written with braces (<c>train-{000000..000003}.tar</c>, <c>{a,b}.tar</c>) or with * and ? in the file's name. Characters
/// escaped as <see cref="DataText"/> has them are not part of a pattern.</summary>
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
            .SelectMany(p => p.AsSpan().ContainsAny("*?") ? Glob(p) : [DataText.Literal(p)])
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        var typed = DataText.Literal(pattern);
        if (files.Count == 0) throw new DatasetException($"No file matches {typed}; check the folder and the pattern.");
        return files.FirstOrDefault(f => !File.Exists(f)) is { } missing
            ? throw new DatasetException($"File {missing} does not exist; check the path or pattern {typed}.")
            : files;
    }

    private static IEnumerable<string> Glob(string pattern)
    {
        var folder = Path.GetDirectoryName(pattern) is { Length: > 0 } parent ? parent : ".";
        if (folder.AsSpan().ContainsAny("*?"))
        {
            throw new DatasetException(
                $"{DataText.Literal(pattern)} has * or ? in a folder's name; they may stand in the file's name only.");
        }
        folder = DataText.Literal(folder);
        var names = ForMatching(Path.GetFileName(pattern));
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder)
                .Where(f => FileSystemName.MatchesSimpleExpression(names, Path.GetFileName(f), OperatingSystem.IsWindows()))
                .Select(f => folder == "." ? Path.GetFileName(f) : f)
            : [];
    }

    // A backslash there makes what follows it stand for itself.
    private static string ForMatching(string pattern) => string.Concat(pattern.Select(c => (c, DataText.Literal($"{c}")) switch
    {
        ('*' or '?', _) => $"{c}",
        (_, "*" or "?" or "\\") special => $@"\{special.Item2}",
        (_, var literal) => literal,
    }));

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
