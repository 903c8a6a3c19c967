namespace Byol.Reports;

/// <summary>Short names of run folders: the end of each path, as long as it must be to tell them apart.</summary>
internal static class RunNames
{
    /// <summary>The names, in the order of the folders.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> folders)
    {
        var parts = folders.Select(f => Path.TrimEndingDirectorySeparator(Path.GetFullPath(f)).Split(Path.DirectorySeparatorChar)).ToList();
        for (var length = 1; ; length++)
        {
            var names = parts.ConvertAll(p => string.Join('/', p[Math.Max(0, p.Length - length)..]));
            if (names.Distinct().Count() == parts.Select(p => string.Join('/', p)).Distinct().Count()) return names;
        }
    }
}
