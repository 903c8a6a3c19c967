namespace Byol.Data.Datasets;

/// <summary>Short names for several sources of images, by which images of the same name are told apart.</summary>
internal static class SourceNames
{
    private static readonly string[] Endings = [".tar.gz", ".tgz", ".tar", ".zip"];

    /// <summary>The last part of each path where these differ, else the whole path, else a number behind it.</summary>
    /// <param name="paths">As they were given.</param>
    public static string[] Of(IReadOnlyList<string> paths)
    {
        string[] whole = [.. paths.Select(p => WithoutEnding(p.Replace('\\', '/').TrimEnd('/')))];
        string[] last = [.. whole.Select(p => p[(p.LastIndexOf('/') + 1)..])];
        return AreDistinct(last) ? last
            : AreDistinct(whole) ? whole
            : [.. whole.Select((p, i) => $"{p}#{i + 1}")];
    }

    private static bool AreDistinct(string[] names) => names.Distinct(StringComparer.Ordinal).Count() == names.Length;

    private static string WithoutEnding(string path) =>
        Endings.FirstOrDefault(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase)) is { } ending ? path[..^ending.Length] : path;
}
