using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Byol.Data.Loading;

/// <summary>A batch that threads fill place by place, in memory that is used again for later batches.</summary>
internal interface IPrefetched
{
    /// <summary>Its number among the batches; −1 before it is any.</summary>
    long Number { get; }

    /// <summary>Places to be filled, 1 or more.</summary>
    int Places { get; }

    /// <summary>Places that are not filled yet.</summary>
    int Missing { get; set; }
}

/// <summary>Fills batches on its own threads ahead of the consumer, in order and in bounded memory.</summary>
/// <remarks>Threads take one place each, in the order of the batches. Batch n lies at n modulo the batches in memory: one is lent, the
/// others are ahead, with any number of threads. Once warm nothing is allocated here.</remarks>
/// <typeparam name="TBatch">The batches.</typeparam>
internal sealed class Prefetcher<TBatch> : IDisposable where TBatch : class, IPrefetched
{
    private readonly Action<TBatch, long> _begin;
    private readonly Func<Action<TBatch, int>> _worker;
    private readonly long _end;
    private readonly Thread[] _threads;

    private readonly object _gate = new();   // guards what follows, Missing of each batch, and wakes who waits for it to change
    private readonly TBatch[] _ring;
    private long _nextToLend;
    private long _returned;                  // batches before this one are no longer needed: their memory may be filled again
    private long _toClaim;                   // the batch of which the next place is claimed ...
    private int _place;                      // ... and the place
    private ExceptionDispatchInfo? _failure;
    private bool _closed;

    /// <summary>Starts filling.</summary>
    /// <param name="ring">The batches in memory.</param>
    /// <param name="first">The number of the first batch.</param>
    /// <param name="end">The number after that of the last.</param>
    /// <param name="threads">The number of threads, 1 or more, and their name.</param>
    /// <param name="begin">Makes memory the batch of a number, of which nothing is filled yet; one thread at a time.</param>
    /// <param name="worker">Makes what a thread fills places with: a batch's place.</param>
    public Prefetcher(
        TBatch[] ring, long first, long end, (int Count, string Name) threads, Action<TBatch, long> begin, Func<Action<TBatch, int>> worker)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads.Count, 1, nameof(threads));
        (_ring, _end, _begin, _worker) = (ring, end, begin, worker);
        _nextToLend = _returned = _toClaim = first;
        _threads =
            [.. Enumerable.Range(0, threads.Count).Select(i => new Thread(Work) { IsBackground = true, Name = $"{threads.Name} {i}" })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>How long the last <see cref="Next"/> waited for its batch.</summary>
    public TimeSpan LastWait { get; private set; }

    /// <summary>The next batch in order, or null after the last. It is the caller's until the next call.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    public TBatch? Next(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        using var wake = cancellation.UnsafeRegister(static gate => Pulse(gate!), _gate);
        lock (_gate)
        {
            _returned = _nextToLend;   // the caller is done with the batch before
            Monitor.PulseAll(_gate);
            if (_nextToLend == _end) return null;
            var start = Stopwatch.GetTimestamp();
            var batch = _ring[_nextToLend % _ring.Length];
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
            var fill = _worker();
            while (Claim() is var (batch, place))
            {
                fill(batch, place);
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

    // The next place to fill. Waits while all memory is in use; null at the end.
    private (TBatch Batch, int Place)? Claim()
    {
        lock (_gate)
        {
            while (!_closed && _failure is null && _toClaim < _end && _toClaim >= _returned + _ring.Length) Monitor.Wait(_gate);
            if (_closed || _failure is not null || _toClaim >= _end) return null;
            var (batch, place) = (_ring[_toClaim % _ring.Length], _place);
            if (place == 0) _begin(batch, _toClaim);
            if (++_place == batch.Places) (_toClaim, _place) = (_toClaim + 1, 0);
            return (batch, place);
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
