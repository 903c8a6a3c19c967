using Byol.Reports;
using Byol.Runs;

namespace Byol.Web;

/// <summary>A run that is watched. Requests come on many threads, and are answered one after the other.</summary>
/// <param name="id">Its number: the page never names a path.</param>
/// <param name="observed">The run.</param>
internal sealed class WatchedRun(string id, ObservedRun observed) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CurveJson _curves = new();

    /// <summary>Its number.</summary>
    public string Id { get; } = id;

    /// <summary>Its map.</summary>
    public MapWork Map { get; } = new(observed.Folder);

    /// <summary>The run.</summary>
    public ObservedRun Observed { get; } = observed;

    /// <summary>What is new is read, and the run described.</summary>
    public RunView Look(string name)
    {
        lock (_lock)
        {
            Observed.Refresh();
            return RunView.Of(Observed, Id, name) with { Views = ViewsAddress(), Map = Map.Changed() };
        }
    }

    /// <summary>Its curves as they were last read, and what it told, as JSON.</summary>
    public ReadOnlyMemory<byte> Figures()
    {
        lock (_lock) return _curves.Of(Observed);
    }

    /// <summary>Its sheet of views; null if there is none.</summary>
    public ReadOnlyMemory<byte>? Views() => ServedFile.Read(RunDirectory.ViewsIn(Observed.Folder));

    public void Dispose() => Map.Dispose();

    // With its time, so that a browser asks again where it has changed.
    private string? ViewsAddress()
    {
        var file = new FileInfo(RunDirectory.ViewsIn(Observed.Folder));
        return file.Exists ? $"runs/{Id}/views.png?{file.LastWriteTimeUtc.Ticks}" : null;
    }
}
