using Byol.Reports;
using Byol.Runs;

namespace Byol.Web;

/// <summary>The runs that are watched: those that were named, and those in folders that were named, as they come and go.</summary>
/// <param name="folders">Run folders, or folders of runs.</param>
/// <param name="searchInterval">Between two searches for runs that began.</param>
/// <param name="clock">The clock.</param>
internal sealed class RunCatalog(IReadOnlyList<string> folders, TimeSpan searchInterval, TimeProvider clock) : IDisposable
{
    private const int Deepest = 3, MostRuns = 100;

    private static readonly EnumerationOptions Shallow = new()
    {
        IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden,     // links lead elsewhere
    };

    private readonly Lock _lock = new();
    private readonly List<WatchedRun> _runs = [];
    private long? _searched;

    /// <summary>The runs as they stand now.</summary>
    public IReadOnlyList<RunView> Look()
    {
        lock (_lock)
        {
            Search();
            var names = RunNames.Of([.. _runs.Select(r => r.Observed.Folder)]);
            return [.. _runs.Select((run, i) => run.Look(names[i]))];
        }
    }

    /// <summary>A run by its number; null if there is none.</summary>
    public WatchedRun? Find(string id)
    {
        lock (_lock) return _runs.Find(r => r.Id == id);
    }

    public void Dispose()
    {
        foreach (var run in _runs) run.Dispose();
    }

    private void Search()
    {
        if (_searched is { } last && clock.GetElapsedTime(last) < searchInterval) return;
        _searched = clock.GetTimestamp();
        foreach (var folder in folders.SelectMany(f => Under(Path.GetFullPath(f), Deepest)))
        {
            if (_runs.Count < MostRuns && !_runs.Exists(r => r.Observed.Folder == folder))
                _runs.Add(new WatchedRun($"{_runs.Count}", new ObservedRun(folder, clock)));
        }
    }

    private static IEnumerable<string> Under(string folder, int depth)
    {
        if (File.Exists(RunDirectory.RecipeIn(folder))) return [folder];
        if (depth == 0 || !Directory.Exists(folder)) return [];
        return Directory.EnumerateDirectories(folder, "*", Shallow).Order(StringComparer.Ordinal).SelectMany(f => Under(f, depth - 1));
    }
}
