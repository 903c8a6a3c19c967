using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Byol.Distributed;

/// <summary>Detects a rank that has stopped. MPI itself reports a killed rank, but the others would wait forever for a rank that is frozen
/// or whose network was cut.</summary>
/// <remarks>A thread of each rank says every second that its process lives: to the first rank, and that one to all others. So it takes
/// nothing from the training thread, and notices nothing of how long that takes.</remarks>
internal sealed unsafe class Watchdog : IDisposable
{
    private const byte Lives = 1, Leaves = 2;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), Look = TimeSpan.FromMilliseconds(100);

    private readonly Mpi _mpi;
    private readonly nint _ranks;
    private readonly Func<TimeSpan> _limit;
    private readonly Action<int, TimeSpan> _silent;
    private readonly Peer[] _peers;
    private readonly Thread _thread;
    private volatile bool _leaves, _stopped;

    // A neighbor: native memory for what is on its way, as MPI writes there at any time.
    private sealed class Peer(int rank)
    {
        public readonly int Rank = rank;
        public readonly nint* Requests = (nint*)NativeMemory.AllocZeroed(2, (nuint)sizeof(nint));      // to send, to receive
        public readonly byte* Bytes = (byte*)NativeMemory.AllocZeroed(2);
        public bool IsSending;
        public bool HasLeft;
        public long HeardAt = Stopwatch.GetTimestamp();
    }

    /// <summary>Begins to watch.</summary>
    /// <param name="mpi">The library; it takes calls of several threads.</param>
    /// <param name="ranks">A communicator of the watchdog's own.</param>
    /// <param name="limit">How long a rank may be silent.</param>
    /// <param name="silent">Receives the silent rank, and how long it was silent.</param>
    public Watchdog(Mpi mpi, nint ranks, Func<TimeSpan> limit, Action<int, TimeSpan> silent)
    {
        (_mpi, _ranks, _limit, _silent) = (mpi, ranks, limit, silent);
        var neighbors = mpi.Rank(ranks) == 0 ? Enumerable.Range(1, mpi.Count(ranks) - 1) : [0];
        _peers = [.. neighbors.Select(n => new Peer(n))];
        foreach (var peer in _peers) _mpi.Receive(_ranks, peer.Bytes + 1, peer.Rank, peer.Requests + 1);
        _thread = new Thread(Watch) { IsBackground = true, Name = "watchdog" };
        _thread.Start();
    }

    /// <summary>Stops sending signs of life, because this rank has failed.</summary>
    public void FallSilent() => _stopped = true;

    /// <summary>Says goodbye, and waits until all neighbors have done so.</summary>
    public void Dispose()
    {
        _leaves = true;
        _thread.Join();
    }

    private void Watch()
    {
        var saidAt = Stopwatch.GetTimestamp() - Stopwatch.Frequency;
        var isLeaving = false;
        while (!_stopped && (!isLeaving || _peers.Any(p => p.IsSending || !p.HasLeft)))
        {
            var leaves = _leaves;
            if (!isLeaving && (leaves || Stopwatch.GetElapsedTime(saidAt) >= Interval))
            {
                var areTold = true;
                foreach (var peer in _peers) areTold &= Say(peer, leaves ? Leaves : Lives);
                isLeaving = leaves && areTold;
                saidAt = Stopwatch.GetTimestamp();
            }
            foreach (var peer in _peers) Listen(peer);
            Thread.Sleep(Look);
        }
    }

    // False if another word is still on its way: it is not overtaken.
    private bool Say(Peer peer, byte word)
    {
        if (peer.IsSending || peer.Bytes[0] == Leaves) return peer.Bytes[0] == word;
        peer.Bytes[0] = word;
        peer.IsSending = true;
        _mpi.Send(_ranks, peer.Bytes, peer.Rank, peer.Requests);
        return true;
    }

    private void Listen(Peer peer)
    {
        if (peer.IsSending && _mpi.IsDone(peer.Requests)) peer.IsSending = false;
        while (!peer.HasLeft && _mpi.IsDone(peer.Requests + 1))
        {
            (peer.HeardAt, peer.HasLeft) = (Stopwatch.GetTimestamp(), peer.Bytes[1] == Leaves);
            if (!peer.HasLeft) _mpi.Receive(_ranks, peer.Bytes + 1, peer.Rank, peer.Requests + 1);
        }
        var silence = Stopwatch.GetElapsedTime(peer.HeardAt);
        if (!peer.HasLeft && silence > _limit()) _silent(peer.Rank, silence);
    }
}
