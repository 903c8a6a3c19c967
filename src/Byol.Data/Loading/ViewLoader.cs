using System.Diagnostics;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;

namespace Byol.Data.Loading;

/// <summary>Decodes images and renders their views on threads of its own, ahead of the training step, in order and in bounded memory.</summary>
/// <remarks>
/// Each thread fills a whole batch. What a batch holds depends on seed, epoch and index alone: the bits are the same for any number of
/// threads, and when a run goes on from a later batch.
/// </remarks>
public sealed class ViewLoader : IDisposable
{
    private const double UnreadableLimit = 0.01;

    private readonly IDataset _dataset;
    private readonly ViewOptions _views;
    private readonly ViewSampler _sampler;
    private readonly EpochOrder _order;
    private readonly int _batchSize;
    private readonly long _batchesPerEpoch;
    private readonly Thread[] _threads;
    private readonly SortedSet<int> _unreadable = [];

    private readonly object _gate = new();
    private readonly Dictionary<long, ViewBatch> _finished = [];
    private readonly Stack<ViewBatch> _free = [];
    private ViewBatch? _lent;
    private long _nextToFill, _nextToLend;
    private (int Epoch, int[] Indices) _epoch = (-1, []);
    private Exception? _failure;
    private bool _closed;

    /// <summary>Starts loading.</summary>
    /// <param name="dataset">The images, at least a batch of them.</param>
    /// <param name="views">How views are made.</param>
    /// <param name="seed">Draws order and views.</param>
    /// <param name="batchSize">B, images per batch.</param>
    /// <param name="batchesPerEpoch">Batches taken of each shuffle; the images beyond them are left out of that epoch.</param>
    /// <param name="threads">Threads to work on, at least 1.</param>
    /// <param name="firstBatch">The batch to begin with; above 0 when a run goes on.</param>
    public ViewLoader(IDataset dataset, ViewOptions views, ulong seed, int batchSize, long batchesPerEpoch, int threads, long firstBatch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchesPerEpoch, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batchesPerEpoch * batchSize, dataset.Count, nameof(batchSize));
        (_dataset, _views, _batchSize, _batchesPerEpoch) = (dataset, views, batchSize, batchesPerEpoch);
        (_sampler, _order) = (new ViewSampler(views, seed), new EpochOrder(dataset.Count, seed));
        _nextToFill = _nextToLend = firstBatch;
        for (var i = 0; i < threads + 2; i++) _free.Push(new ViewBatch(batchSize, views.ImageSize));   // one lent, one waiting, one a thread
        _threads = [.. Enumerable.Range(0, threads).Select(i => new Thread(Work) { IsBackground = true, Name = $"views {i}" })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>How long the last <see cref="Next"/> waited for its batch.</summary>
    public TimeSpan LastWait { get; private set; }

    /// <summary>Names of images that could not be read; another image takes the place of each.</summary>
    public IReadOnlyList<string> Unreadable
    {
        get
        {
            lock (_unreadable) return [.. _unreadable.Select(_dataset.ItemName)];
        }
    }

    /// <summary>The next batch in order. It is the caller's until the next call.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="InvalidDataException">More than 1 % of the images cannot be read.</exception>
    public ViewBatch Next(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        using var wake = cancellation.UnsafeRegister(static gate => Pulse(gate!), _gate);
        lock (_gate)
        {
            if (_lent is not null) _free.Push(_lent);
            _lent = null;
            Monitor.PulseAll(_gate);
            var start = Stopwatch.GetTimestamp();
            ViewBatch? batch;
            for (; ; Monitor.Wait(_gate))
            {
                cancellation.ThrowIfCancellationRequested();
                ObjectDisposedException.ThrowIf(_closed, this);   // first: the last batches of a closed loader are half filled
                if (_finished.Remove(_nextToLend, out batch)) break;
                if (_failure is not null) throw new InvalidDataException(_failure.Message, _failure);
            }
            LastWait = Stopwatch.GetElapsedTime(start);
            _nextToLend++;
            return _lent = batch;
        }
    }

    private void Work()
    {
        var renderer = new ViewRenderer(_views);
        try
        {
            while (Claim() is { } batch)
            {
                Fill(batch, renderer);
                lock (_gate)
                {
                    _finished[batch.Number] = batch;
                    Monitor.PulseAll(_gate);
                }
            }
        }
        catch (Exception e)
        {
            // Thrown again where the batch is asked for.
            lock (_gate)
            {
                _failure ??= e;
                Monitor.PulseAll(_gate);
            }
        }
    }

    // The next batch to fill, with its images; null at the end.
    private ViewBatch? Claim()
    {
        lock (_gate)
        {
            ViewBatch? batch;
            while (!_free.TryPop(out batch))
            {
                if (_closed || _failure is not null) return null;
                Monitor.Wait(_gate);
            }
            if (_closed || _failure is not null) return null;
            batch.Number = _nextToFill++;
            batch.Epoch = (int)(batch.Number / _batchesPerEpoch);
            if (_epoch.Epoch != batch.Epoch) _epoch = (batch.Epoch, _order.Indices(batch.Epoch));
            _epoch.Indices.AsSpan((int)(batch.Number % _batchesPerEpoch) * _batchSize, _batchSize).CopyTo(batch.Indices);
            return batch;
        }
    }

    private void Fill(ViewBatch batch, ViewRenderer renderer)
    {
        for (var i = 0; i < batch.Count && !Volatile.Read(ref _closed); i++)
        {
            var index = batch.Indices[i];
            var image = Read(index);
            Render(0, batch.First);
            Render(1, batch.Second);

            void Render(int view, float[] target) => renderer.Render(
                image, _sampler.Sample(image.Width, image.Height, batch.Epoch, index, view), target.AsSpan(i * batch.ViewLength, batch.ViewLength));
        }
    }

    // An unreadable image is replaced by the next one that can be read, so that no other image's views change.
    private Image8 Read(int index)
    {
        for (var tried = 0; ; tried++)
        {
            var at = (index + tried) % _dataset.Count;
            try
            {
                return _dataset.Read(at);
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                lock (_unreadable)
                {
                    _unreadable.Add(at);
                    if (_unreadable.Count > Math.Max(1, UnreadableLimit * _dataset.Count))
                        throw new InvalidDataException($"More than 1 % of {_dataset.Name} cannot be read, {_dataset.ItemName(at)} among them ({e.Message}); repair or remove these images.", e);
                }
            }
        }
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
