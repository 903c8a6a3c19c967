using System.Runtime.ExceptionServices;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;

namespace Byol.Data.Loading;

/// <summary>Decodes images and renders their center views on threads of its own, ahead of the encoder, in the dataset's order and in
/// bounded memory. Images that cannot be read are left out and noted.</summary>
/// <remarks>Threads take one image each; three batches are in memory, one lent and two ahead.</remarks>
public sealed class CenterLoader : IDisposable
{
    private const int BatchesInMemory = 3;

    private readonly IDataset _dataset;
    private readonly ViewOptions _views;
    private readonly int _batchSize, _batches;
    private readonly Thread[] _threads;

    private readonly object _gate = new();   // guards what follows and Missing of each batch, and wakes who waits for it to change
    private readonly CenterBatch[] _ring;    // batch n lies at n % 3
    private readonly List<(int Index, string Reason)> _unreadable = [];
    private int _nextToLend, _returned;      // batches before the latter may be filled again
    private int _toClaim;                    // the next image
    private ExceptionDispatchInfo? _failure;
    private bool _closed;

    /// <summary>Starts loading.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="views">Size and center crop; pixels are not normalized.</param>
    /// <param name="batchSize">Most images in a batch, 1 or more.</param>
    /// <param name="threads">Threads to work on, 1 or more.</param>
    public CenterLoader(IDataset dataset, ViewOptions views, int batchSize, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        batchSize = Math.Clamp(dataset.Count, 1, batchSize);
        (_dataset, _views, _batchSize, _batches) = (dataset, views, batchSize, (int)(((long)dataset.Count + batchSize - 1) / batchSize));
        _ring = [.. Enumerable.Range(0, Math.Min(BatchesInMemory, _batches)).Select(_ => new CenterBatch(batchSize, views.ImageSize))];
        _threads = [.. Enumerable.Range(0, threads).Select(i => new Thread(Work) { IsBackground = true, Name = $"center views {i}" })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>Images that could not be read so far, in the dataset's order.</summary>
    public IReadOnlyList<UnreadableImage> Unreadable
    {
        get
        {
            lock (_gate)
                return [.. _unreadable.OrderBy(u => u.Index).Select(u => new UnreadableImage(_dataset.ItemName(u.Index), u.Reason))];
        }
    }

    /// <summary>The next batch in order, or null after the last. It is the caller's until the next call; it may be empty.</summary>
    public CenterBatch? Next()
    {
        lock (_gate)
        {
            _returned = _nextToLend;   // the caller is done with the batch before
            Monitor.PulseAll(_gate);
            if (_nextToLend == _batches) return null;
            var batch = _ring[_nextToLend % _ring.Length];
            for (; ; Monitor.Wait(_gate))
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                if (batch.Number == _nextToLend && batch.Missing == 0) break;
                _failure?.Throw();
            }
            _nextToLend++;
            batch.Close();
            return batch;
        }
    }

    private void Work()
    {
        try
        {
            var renderer = new ViewRenderer(_views);
            var buffer = new ImageBuffer((width, height) => ViewSampler.Center(_views, width, height).Crop.Reduction(_views.ImageSize));
            while (Claim() is var (batch, place, index))
            {
                var reason = Render(renderer, buffer, index, batch.View(place));
                lock (_gate)
                {
                    if (reason is not null) _unreadable.Add((index, reason));
                    batch.Note(place, index, reason is null);
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

    // Null, or why it cannot be read.
    private string? Render(ViewRenderer renderer, ImageBuffer buffer, int index, Span<float> view)
    {
        try
        {
            var image = _dataset.Read(index, buffer);
            renderer.RenderColors(image, ViewSampler.Center(_views, image.SourceWidth, image.SourceHeight), view);
            return null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return e.Message;
        }
    }

    // The next image, its batch and its place there. Waits while all memory is in use; null at the end.
    private (CenterBatch Batch, int Place, int Index)? Claim()
    {
        lock (_gate)
        {
            while (!_closed && _failure is null && _toClaim < _dataset.Count && _toClaim / _batchSize >= _returned + _ring.Length)
                Monitor.Wait(_gate);
            if (_closed || _failure is not null || _toClaim >= _dataset.Count) return null;
            var (number, place) = Math.DivRem(_toClaim, _batchSize);
            var batch = _ring[number % _ring.Length];
            if (place == 0) batch.Begin(number, Math.Min(_batchSize, _dataset.Count - _toClaim));
            return (batch, place, _toClaim++);
        }
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
