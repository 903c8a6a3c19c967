using System.Security.Cryptography;
using static TorchSharp.torch;

namespace Byol.Distributed;

/// <summary>The processes that train one run together, seen from one of them. Every rank makes the same calls in the same order.</summary>
internal interface ICollective
{
    /// <summary>Which of them this is, from 0.</summary>
    int Rank { get; }

    /// <summary>How many they are.</summary>
    int Count { get; }

    /// <summary>Whether it is the first: that one alone keeps the time, reads and writes the run's folder, and evaluates.</summary>
    bool IsFirst => Rank == 0;

    /// <summary>Adds a tensor up over all ranks, in place; all have the same bits afterwards.</summary>
    /// <param name="values">Contiguous, fp32 or fp64, equally long on all ranks.</param>
    void Sum(Tensor values);

    /// <inheritdoc cref="Sum(Tensor)"/>
    void Sum(Span<double> values);

    /// <summary>Takes the largest of each value over all ranks, in place. The wait for a rank that has other things to do takes no
    /// processor time.</summary>
    /// <param name="values">Equally many on all ranks, none NaN.</param>
    void Max(Span<double> values);

    /// <summary>Gives all ranks the bytes of one. Waits as <see cref="Max"/> does.</summary>
    /// <param name="bytes">Read on that rank, overwritten on the others.</param>
    /// <param name="from">That rank.</param>
    void Broadcast(Span<byte> bytes, int from = 0);

    /// <summary>The same ranks apart from this: what two threads exchange does not mix.</summary>
    ICollective Duplicate();

    /// <summary>Ends all ranks at once.</summary>
    /// <param name="exitCode">What the launcher ends with.</param>
    void Abort(int exitCode);

    /// <summary>Waits until all ranks are here, as <see cref="Max"/> does.</summary>
    void Meet()
    {
        Span<double> nothing = [0];
        Max(nothing);
    }

    /// <summary>The mean over the ranks of a number that each has.</summary>
    double Mean(double value)
    {
        if (Count == 1) return value;
        Span<double> sum = [value];
        Sum(sum);
        return sum[0] / Count;
    }

    /// <summary>Gives all ranks the bytes of one, however many they are.</summary>
    /// <param name="bytes">Of that rank; the others' are not looked at.</param>
    /// <param name="from">That rank.</param>
    byte[] Broadcast(byte[]? bytes, int from = 0)
    {
        Span<double> length = [Rank == from ? bytes!.Length : 0];
        Max(length);
        var all = Rank == from ? bytes! : new byte[(int)length[0]];
        Broadcast(all.AsSpan(), from);
        return all;
    }

    /// <summary>Throws if a tensor is not the same on all ranks, to the bit: what should have kept it so did not.</summary>
    /// <param name="values">The weights.</param>
    /// <exception cref="InvalidOperationException">It is not, on the rank that is named.</exception>
    void RequireEqual(Tensor values)
    {
        if (Count == 1) return;
        using var scope = NewDisposeScope();
        var here = values.detach().cpu().contiguous();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var piece in Pieces(here)) hash.AppendData(piece.bytes);
        var own = hash.GetHashAndReset();
        Span<double> other = [Broadcast(own, 0).AsSpan().SequenceEqual(own) ? 0 : Rank];
        Max(other);
        if (other[0] == 0) return;
        throw new InvalidOperationException(
            $"The weights of rank {other[0]} are not those of the first: its processor or memory computes otherwise; leave its host out.");
    }

    /// <summary>Gives all ranks a tensor of the first, in place.</summary>
    /// <param name="values">Equally shaped on all ranks.</param>
    void Broadcast(Tensor values)
    {
        if (Count == 1) return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var here = values.detach().cpu().contiguous();
        foreach (var piece in Pieces(here)) Broadcast(piece.bytes);
        values.copy_(here);
    }

    // A span ends at 2 GiB.
    private static IEnumerable<Tensor> Pieces(Tensor values)
    {
        const long Length = 1 << 24;
        var flat = values.view(-1);
        for (var start = 0L; start < flat.numel(); start += Length)
            yield return flat.narrow(0, start, Math.Min(Length, flat.numel() - start));
    }
}
