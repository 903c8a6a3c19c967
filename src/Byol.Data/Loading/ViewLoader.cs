using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Byol.Data.Datasets;
using Byol.Data.Views;

namespace Byol.Data.Loading;

/// <summary>Decodes images and renders their views on threads of its own, ahead of the training step,
/// in order and in bounded memory.</summary>
/// <remarks>
/// Threads take one image each, in the order of the batches: three batches are in memory, one lent and two ahead, whatever the number of
/// threads. What a batch holds depends on seed, epoch and index alone:
/// the bits are the same for any number of threads, and when a run resumes from a later batch.
/// </remarks>
public sealed class ViewLoader : IDisposable
{
    private const int BatchesInMemory = 3;

    private readonly ReadableImages _images;
    private readonly ViewOptions _views;
    private readonly ViewSampler _sampler;
    private readonly EpochOrder _order;
    private readonly long _batchesPerEpoch;
    private readonly Thread[] _threads;

    private readonly object _gate = new();   // guards what follows, Missing of each batch, and wakes who waits for it to change
    private readonly ViewBatch[] _ring;      // batch n lies at n % 3
    private long _nextToLend;
    private long _returned;                  // batches before this one are no longer needed: their memory may be filled again
    private long _toClaim;                   // the batch of which the next image is claimed ...
    private int _place;                      // ... and the image's place in it
    private (int Epoch, int[] Indices) _epoch = (-1, []);
    private ExceptionDispatchInfo? _failure;
    private bool _closed;

    /// <summary>Starts loading.</summary>
    /// <param name="dataset">The images, at least a batch of them.</param>
    /// <param name="views">How views are made.</param>
    /// <param name="seed">Draws order and views.</param>
    /// <param name="batchSize">B, images per batch.</param>
    /// <param name="batchesPerEpoch">Batches taken of each shuffle; the images beyond them are left out of that epoch.</param>
    /// <param name="threads">Threads to work on, at least 1.</param>
    /// <param name="firstBatch">The batch to begin with; above 0 when a run resumes.</param>
    /// <param name="unreadable">Indices of images that could not be read before the run was resumed: they count among the 1 %.</param>
    public ViewLoader(
        IDataset dataset, ViewOptions views, ulong seed, int batchSize, long batchesPerEpoch, int threads, long firstBatch,
        params IEnumerable<int> unreadable)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchesPerEpoch, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batchesPerEpoch * batchSize, dataset.Count, nameof(batchSize));
        (_images, _views, _batchesPerEpoch) = (new ReadableImages(dataset, unreadable), views, batchesPerEpoch);
        (_sampler, _order) = (new ViewSampler(views, seed), new EpochOrder(dataset.Count, seed));
        _nextToLend = _returned = _toClaim = firstBatch;
        _ring = [.. Enumerable.Range(0, BatchesInMemory).Select(_ => new ViewBatch(batchSize, views.ImageSize))];
        _threads = [.. Enumerable.Range(0, threads).Select(i => new Thread(Work) { IsBackground = true, Name = $"views {i}" })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>S, the side of its views in pixels.</summary>
    public int ImageSize => _views.ImageSize;

    /// <summary>How long the last <see cref="Next"/> waited for its batch.</summary>
    public TimeSpan LastWait { get; private set; }

    /// <summary>Names of images that could not be read; another image takes the place of each.</summary>
    public IReadOnlyList<string> Unreadable => _images.Unreadable;

    /// <summary>The next batch in order. It is the caller's until the next call.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="InvalidDataException">More than 1 % of the images cannot be read.</exception>
    public ViewBatch Next(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        using var wake = cancellation.UnsafeRegister(static gate => Pulse(gate!), _gate);
        lock (_gate)
        {
            _returned = _nextToLend;   // the caller is done with the batch before
            Monitor.PulseAll(_gate);
            var start = Stopwatch.GetTimestamp();
            var batch = _ring[_nextToLend % BatchesInMemory];
            for (; ; Monitor.Wait(_gate))
            {
                cancellation.ThrowIfCancellationRequested();
                ObjectDisposedException.ThrowIf(_closed, this);
                if (batch.Number == _nextToLend && batch.Missing == 0) break;
                _failure?.Throw();
            }
            LastWait = Stopwatch.GetElapsedTime(start);
            _nextToLend++;
            return batch;
        }
    }

    private void Work()
    {
        try
        {
            var writer = new ViewWriter(_images, _views, _sampler);
            while (Claim() is var (batch, place))
            {
                writer.Write(batch, place);
                lock (_gate)
                {
                    if (--batch.Missing == 0) Monitor.PulseAll(_gate);
                }
            }
        }
        catch (Exception e)
        {
            // Thrown again where the batch is asked for.
            lock (_gate)
            {
                _failure ??= ExceptionDispatchInfo.Capture(e);
                Monitor.PulseAll(_gate);
            }
        }
    }

    // The next image to work on: its batch and place. Waits while all memory is in use; null at the end.
    private (ViewBatch Batch, int Place)? Claim()
    {
        lock (_gate)
        {
            while (!_closed && _failure is null && _toClaim >= _returned + BatchesInMemory) Monitor.Wait(_gate);
            if (_closed || _failure is not null) return null;
            var (batch, place) = (_ring[_toClaim % BatchesInMemory], _place);
            if (place == 0) Begin(batch, _toClaim);
            if (++_place == batch.Count) (_toClaim, _place) = (_toClaim + 1, 0);
            return (batch, place);
        }
    }

    private void Begin(ViewBatch batch, long number)
    {
        batch.Begin(number, (int)(number / _batchesPerEpoch));
        if (_epoch.Epoch != batch.Epoch) _epoch = (batch.Epoch, _order.Indices(batch.Epoch));
        _epoch.Indices.AsSpan((int)(number % _batchesPerEpoch) * batch.Count, batch.Count).CopyTo(batch.Indices);
    }

    private static void Pulse(object gate)
    {
        lock (gate) Monitor.PulseAll(gate);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
        foreach (var thread in _threads) thread.Join();
    }
}
