namespace Byol.Data.Datasets;

/// <summary>Labels from folders: the first folder of an image's path, where every image lies in one.</summary>
internal static class ClassFolders
{
    /// <summary>Classes in ordinal order and the label of each image; neither where an image lies in no folder.</summary>
    /// <param name="names">Paths, with /.</param>
    public static (IReadOnlyList<string> Classes, int[]? Labels) Of(IEnumerable<string> names)
    {
        var firsts = names.Select(First).ToList();
        return firsts.Contains(null) ? ([], null) : Number(firsts.Select(f => f!));
    }

    /// <summary>Distinct names in ordinal order, and which of them each is.</summary>
    /// <param name="names">A name for each image.</param>
    public static (IReadOnlyList<string> Classes, int[] Labels) Number(IEnumerable<string> names)
    {
        var composed = names.Select(ComposedName.Of).ToList();   // two spellings of a name are one class
        string[] classes = [.. composed.Distinct().Order(StringComparer.Ordinal)];
        var indices = classes.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i);
        return (classes, [.. composed.Select(f => indices[f])]);
    }

    /// <summary>The first folder of a path, or null if there is none.</summary>
    public static string? First(string name) => name.IndexOf('/', StringComparison.Ordinal) is > 0 and var end ? name[..end] : null;

    /// <summary>The folders that all paths begin with, with the / behind them.</summary>
    public static string Common(IReadOnlyList<string> names)
    {
        var common = names.Count == 0 ? "" : names[0][..(names[0].LastIndexOf('/') + 1)];
        foreach (var name in names)
        {
            while (!name.StartsWith(common, StringComparison.Ordinal))
                common = common[..(common.TrimEnd('/').LastIndexOf('/') + 1)];
        }
        return common;
    }
}
