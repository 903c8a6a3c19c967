namespace Byol.Data.Datasets;

/// <summary>Paths without links, by which a folder is known however it was reached.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;   // Linux' own limit

    /// <summary>The path with every link in it resolved; null if links lead nowhere or in a circle.</summary>
    /// <param name="path">A path that exists.</param>
    public static string? Of(string path)
    {
        var whole = Path.GetFullPath(path);
        for (var links = 0; links < MostLinks; links++)
        {
            if (FirstLink(whole) is not { } link) return Path.TrimEndingDirectorySeparator(whole);
            var target = new FileInfo(link).LinkTarget!;
            var rest = whole[link.Length..].TrimStart(Path.DirectorySeparatorChar);
            whole = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(link) ?? "", target, rest));
        }
        return null;
    }

    /// <summary>Whether a folder is another or lies in it, by their real paths.</summary>
    public static bool IsWithin(string folder, string outer) =>
        folder == outer || folder.StartsWith(outer.EndsWith(Path.DirectorySeparatorChar) ? outer : outer + Path.DirectorySeparatorChar,
            StringComparison.Ordinal);

    private static string? FirstLink(string path)
    {
        for (var end = Path.GetPathRoot(path)!.Length; end < path.Length;)
        {
            end = path.IndexOf(Path.DirectorySeparatorChar, end + 1) is > 0 and var next ? next : path.Length;
            if (new FileInfo(path[..end]).LinkTarget is not null) return path[..end];
        }
        return null;
    }
}
