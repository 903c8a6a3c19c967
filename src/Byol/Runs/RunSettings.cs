namespace Byol.Runs;

/// <summary>A run's recipe as text, to be shown and compared: names and values as in its file, without their meaning.</summary>
internal static class RunSettings
{
    private const int MostBytes = 1 << 20, MostSettings = 1000, LongestValue = 400;

    /// <summary>Reads them; nothing of a file that is missing, far too long, or a link.</summary>
    /// <param name="path">A recipe that a run wrote: sections, and a setting a line.</param>
    public static IReadOnlyList<(string Name, string Value)> Read(string path)
    {
        if (new FileInfo(path) is not { Exists: true, LinkTarget: null, Length: <= MostBytes }) return [];
        var settings = new List<(string, string)>();
        var section = "";
        foreach (var line in File.ReadLines(path).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            if (line[0] == '[' && line[^1] == ']') section = line[1..^1] + ".";
            else if (line.Split('=', 2) is [var name, var value] && settings.Count < MostSettings)
                settings.Add((section + name.Trim(), Short(value.Trim())));
        }
        return settings;
    }

    private static string Short(string value) => value.Length <= LongestValue ? value : value[..LongestValue] + "…";
}
