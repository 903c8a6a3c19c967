using Byol.Maps;
using Byol.Reports;
using Byol.Runs;

namespace Byol.Web;

/// <summary>The map of a run's last evaluation, computed beside the requests that ask for it, and not before one does: looking at curves
/// costs a training run nothing.</summary>
/// <param name="run">The run's folder.</param>
internal sealed class MapWork(string run) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private EmbeddingSnapshot? _snapshot;
    private SnapshotThumbnails? _thumbnails;
    private ImageMap? _map;
    private DateTime _read;
    private volatile string? _working;

    /// <summary>The step of the embeddings that there are, by the time of their file; null if there are none.</summary>
    public long? Changed() => new FileInfo(EmbeddingSnapshot.PathIn(run)) is { Exists: true, LinkTarget: null } file
        ? file.LastWriteTimeUtc.Ticks : null;

    /// <summary>The map as far as it is computed: its plane at once, neighbors and their map when they are found.</summary>
    /// <returns>Null if the run has no embeddings.</returns>
    public MapView? Look()
    {
        lock (_lock)
        {
            if (_working is null && File.GetLastWriteTimeUtc(EmbeddingSnapshot.PathIn(run)) != _read) Begin();
            return _snapshot is null || _map is null ? null
                : MapView.Of(_snapshot, _map) with { Working = _working, HasThumbnails = _thumbnails is not null };
        }
    }

    /// <summary>A small JPEG of an image of the map; null if there is none.</summary>
    /// <param name="index">Its row.</param>
    public ReadOnlyMemory<byte>? Thumbnail(int index)
    {
        lock (_lock)
        {
            return _thumbnails is { } all && index >= 0 && index < all.Count && all[index] is { IsEmpty: false } file ? file : null;
        }
    }

    public void Dispose() => _ending.Cancel();      // what is being computed ends by itself

    private void Begin()
    {
        _read = File.GetLastWriteTimeUtc(EmbeddingSnapshot.PathIn(run));
        (_snapshot, _thumbnails, _map) = (null, null, null);
        if (Changed() is null || Read() is not { Count: > 1 } snapshot) return;
        (_snapshot, _thumbnails) = (snapshot, SnapshotThumbnails.Read(run, snapshot.Count));
        var map = _map = ImageMap.Of(snapshot.ToSingle(), snapshot.Dimension);
        _working = "neighbors";
        Task.Run(() => Work(map));
    }

    private void Work(ImageMap map)
    {
        try
        {
            map.FindNeighbors(share => _working = $"neighbors, {share:P0}", _ending.Token)
               .Arrange(share => _working = $"arranging them, {share:P0}", _ending.Token);
        }
        catch (OperationCanceledException)
        {
            // The page is closed.
        }
        finally
        {
            _working = null;
        }
    }

    private EmbeddingSnapshot? Read()
    {
        try
        {
            return EmbeddingSnapshot.Read(run);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
