using System.Diagnostics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Byol.Distributed;

/// <summary>Ranks that exchange by MPI, from and to the processor's memory.</summary>
/// <param name="mpi">The library.</param>
/// <param name="ranks">Its communicator.</param>
internal sealed unsafe class MpiCollective(Mpi mpi, nint ranks) : ICollective
{
    // Larger pieces would be sent through temporary memory of their size, and mapping it again each time takes ten times as long.
    private const int Piece = 1 << 22;      // bytes
    private static readonly TimeSpan Lively = TimeSpan.FromMilliseconds(2), Nap = TimeSpan.FromMilliseconds(2);

    public int Rank { get; } = mpi.Rank(ranks);

    public int Count { get; } = mpi.Count(ranks);

    public void Sum(Tensor values)
    {
        if (values.device_type != TorchSharp.DeviceType.CPU)
        {
            using var here = values.cpu();
            Sum(here);
            values.copy_(here);
            return;
        }
        var length = Piece / (int)values.element_size();
        for (var start = 0L; start < values.numel(); start += length)
        {
            using var piece = values.narrow(0, start, Math.Min(length, values.numel() - start));
            if (values.dtype == ScalarType.Float64) mpi.Sum(ranks, MemoryMarshal.Cast<byte, double>(piece.bytes));
            else mpi.Sum(ranks, MemoryMarshal.Cast<byte, float>(piece.bytes));
        }
    }

    public void Sum(Span<double> values)
    {
        for (; values.Length > 0; values = values[Math.Min(values.Length, Piece / sizeof(double))..])
            mpi.Sum(ranks, values[..Math.Min(values.Length, Piece / sizeof(double))]);
    }

    public void Max(Span<double> values)
    {
        Gather();
        mpi.Max(ranks, values);
    }

    public void Broadcast(Span<byte> bytes, int from)
    {
        Gather();
        for (; bytes.Length > 0; bytes = bytes[Math.Min(bytes.Length, Piece)..])
            mpi.Broadcast(ranks, bytes[..Math.Min(bytes.Length, Piece)], from);
    }

    public ICollective Duplicate() => new MpiCollective(mpi, mpi.Duplicate(ranks));

    public void Abort(int exitCode) => mpi.Abort(exitCode);

    // MPI waits by asking again and again. Ranks that are in step find each other within a moment; one that evaluates or saves takes
    // minutes, and may need the cores.
    private void Gather()
    {
        nint request = 0;
        mpi.Arrive(ranks, &request);
        var start = Stopwatch.GetTimestamp();
        while (!mpi.IsDone(&request))
        {
            if (Stopwatch.GetElapsedTime(start) > Lively) Thread.Sleep(Nap);
            else Thread.Yield();        // to this rank's loader, if they share a core
        }
    }
}
