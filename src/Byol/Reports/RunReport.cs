using Byol.Runs;

namespace Byol.Reports;

/// <summary>Runs as one HTML file that opens offline: curves, settings, views, events, and a map of the embeddings.</summary>
public static class RunReport
{
    private const long LargestPicture = 16 << 20;

    /// <summary>The path of the report in a run's folder.</summary>
    /// <param name="run">A run folder.</param>
    public static string PathIn(string run) => Path.Combine(run, "report.html");

    /// <summary>Writes a report of one run, or of several side by side.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="runs">Run folders; nothing is written into them.</param>
    /// <param name="next">Lines about what to do next; may be empty.</param>
    /// <exception cref="RunDirectoryException">A folder holds no run.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<string> runs, params IReadOnlyList<string> next) =>
        Write(path, runs, next, hasEnded: false);

    /// <summary>Writes the report of a run before its process releases the folder. An unchanged report is not written again.</summary>
    /// <param name="run">A run folder.</param>
    /// <param name="next">Lines about what to do next; may be empty.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal static void WriteAtEnd(string run, IReadOnlyList<string> next) => Write(PathIn(run), [run], next, hasEnded: true);

    private static void Write(string path, IReadOnlyList<string> runs, IReadOnlyList<string> next, bool hasEnded)
    {
        foreach (var run in runs) RunDirectory.RequireRun(run);
        var names = RunNames.Of(runs);
        var views = runs.Select((folder, i) => View(folder, $"{i}", names[i], mapped: runs.Count == 1, hasEnded)).ToList();
        using var page = new MemoryStream();
        PageTemplate.Write(page, runs.Count == 1 ? $"Run {names[0]}" : $"{runs.Count} runs", new { runs = views, next });
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(page.ToArray())) return;
        RunDirectory.Write(path, page.WriteTo);
    }

    private static RunView View(string folder, string id, string name, bool mapped, bool hasEnded)
    {
        var run = new ObservedRun(folder, TimeProvider.System);
        run.Refresh();
        if (hasEnded) run.End();
        return RunView.Of(run, id, name) with
        {
            Series = RunView.SeriesOf(run), Lines = run.Lines, Views = Picture(RunDirectory.ViewsIn(folder)), Map = mapped ? MapSource.OfReport(folder) : null,
        };
    }

    private static string? Picture(string path) => new FileInfo(path) is { Exists: true, Length: < LargestPicture }
        ? $"data:image/png;base64,{Convert.ToBase64String(File.ReadAllBytes(path))}" : null;
}
