using System.Runtime.InteropServices;
using Byol.Distributed;
using static TorchSharp.torch;

namespace Byol.Tests.Distributed;

/// <summary>Ranks that are threads of this process: what is computed over ranks can be tested without a launcher.</summary>
internal sealed class ThreadRanks : ICollective
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly Meeting _meeting;

    private sealed record Meeting(Barrier Barrier, double[][] Values, byte[][] Bytes);

    private ThreadRanks(int rank, int count, Meeting meeting) => (Rank, Count, _meeting) = (rank, count, meeting);

    public int Rank { get; }

    public int Count { get; }

    /// <summary>Does work on every rank, and throws what the first that failed threw.</summary>
    public static T[] Run<T>(int count, Func<ICollective, T> work)
    {
        using var barrier = new Barrier(count);
        var meeting = new Meeting(barrier, new double[count][], new byte[count][]);
        var (results, failures) = (new T[count], new Exception?[count]);
        var threads = Enumerable.Range(0, count).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = work(new ThreadRanks(rank, count, meeting));
            }
            catch (Exception e)
            {
                failures[rank] = e;
                barrier.RemoveParticipant();
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        if (failures.FirstOrDefault(f => f is not null) is { } failure) throw new AggregateException(failure);
        return results;
    }

    public void Sum(Tensor values)
    {
        if (values.dtype == ScalarType.Float64)
        {
            Sum(MemoryMarshal.Cast<byte, double>(values.bytes));
            return;
        }
        using var wide = values.to(ScalarType.Float64);
        Sum(MemoryMarshal.Cast<byte, double>(wide.bytes));
        values.copy_(wide);
    }

    public void Sum(Span<double> values) => Reduce(values, (a, b) => a + b);

    public void Max(Span<double> values) => Reduce(values, Math.Max);

    public void Broadcast(Span<byte> bytes, int from)
    {
        _meeting.Bytes[Rank] = bytes.ToArray();
        Meet();
        _meeting.Bytes[from].CopyTo(bytes);
        Meet();
    }

    public ICollective Duplicate() => throw new NotSupportedException();

    public void Abort(int exitCode) => throw new InvalidOperationException($"aborted with {exitCode}");

    private void Reduce(Span<double> values, Func<double, double, double> combine)
    {
        _meeting.Values[Rank] = values.ToArray();
        Meet();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = _meeting.Values[0][i];
            for (var rank = 1; rank < Count; rank++) values[i] = combine(values[i], _meeting.Values[rank][i]);
        }
        Meet();
    }

    private void Meet()
    {
        if (!_meeting.Barrier.SignalAndWait(Patience)) throw new TimeoutException($"rank {Rank} waits for the others in vain");
    }
}
