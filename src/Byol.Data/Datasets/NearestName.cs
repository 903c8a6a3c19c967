namespace Byol.Data.Datasets;

/// <summary>Suggests known names for an unknown one.</summary>
public static class NearestName
{
    private const int LeastBeginning = 3;

    /// <summary>The end of a message about an unknown name: the nearest known one, or all of them.</summary>
    /// <param name="name">What was given.</param>
    /// <param name="known">What is known.</param>
    public static string Suggest(string name, IEnumerable<string> known)
    {
        var names = known.ToList();
        var nearest = names.Where(n => Begins(n, with: name)).MinBy(n => n.Length)
            ?? (names.MinBy(n => Distance(name, n)) is { } near && Distance(name, near) <= Math.Max(2, name.Length / 3) ? near : null)
            ?? names.Where(n => Begins(name, with: n)).MaxBy(n => n.Length);
        return nearest is not null ? $"; did you mean {nearest}?" : $"; known are {string.Join(", ", names)}.";
    }

    // linear begins with lin, and --output with --out.
    private static bool Begins(string name, string with) =>
        with.TrimStart('-').Length >= LeastBeginning && name.StartsWith(with, StringComparison.OrdinalIgnoreCase);

    /// <summary>Insertions, deletions and replacements that turn one name into another, upper and lower case alike (Levenshtein).</summary>
    /// <param name="a">One name.</param>
    /// <param name="b">The other.</param>
    internal static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
