using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>Products of fp32 features in fp64, some rows at a time: no copy of all features in fp64 is needed.</summary>
internal static class InBlocks
{
    private const long Elements = 1 << 22;   // 32 MB as fp64

    /// <summary>XᵀX.</summary>
    /// <param name="x">[N,D].</param>
    /// <returns>[D,D] fp64; the caller's dispose scope owns it.</returns>
    public static Tensor Gram(Tensor x)
    {
        var sum = zeros(x.shape[1], x.shape[1], ScalarType.Float64);
        foreach (var (start, length) in Blocks(x))
        {
            using var scope = NewDisposeScope();
            var block = x.narrow(0, start, length).to(ScalarType.Float64);
            Accumulate(sum, block.t(), block);
        }
        return sum;
    }

    /// <summary>XB.</summary>
    /// <param name="x">[N,D].</param>
    /// <param name="b">[D,M] fp64.</param>
    /// <returns>[N,M] fp64; the caller's dispose scope owns it.</returns>
    public static Tensor Product(Tensor x, Tensor b)
    {
        var result = empty(x.shape[0], b.shape[1], ScalarType.Float64);
        foreach (var (start, length) in Blocks(x))
        {
            using var scope = NewDisposeScope();
            result.narrow(0, start, length).copy_(x.narrow(0, start, length).to(ScalarType.Float64).mm(b));
        }
        return result;
    }

    /// <summary>BXᵀ.</summary>
    /// <param name="b">[M,D] fp64.</param>
    /// <param name="x">[N,D].</param>
    /// <returns>[M,N] fp64; the caller's dispose scope owns it.</returns>
    public static Tensor ProductWithTransposed(Tensor b, Tensor x)
    {
        var result = empty(b.shape[0], x.shape[0], ScalarType.Float64);
        foreach (var (start, length) in Blocks(x))
        {
            using var scope = NewDisposeScope();
            result.narrow(1, start, length).copy_(b.mm(x.narrow(0, start, length).to(ScalarType.Float64).t()));
        }
        return result;
    }

    /// <summary>BX.</summary>
    /// <param name="b">[M,N] fp64.</param>
    /// <param name="x">[N,D].</param>
    /// <returns>[M,D] fp64; the caller's dispose scope owns it.</returns>
    public static Tensor ProductFromLeft(Tensor b, Tensor x)
    {
        var sum = zeros(b.shape[0], x.shape[1], ScalarType.Float64);
        foreach (var (start, length) in Blocks(x))
        {
            using var scope = NewDisposeScope();
            Accumulate(sum, b.narrow(1, start, length), x.narrow(0, start, length).to(ScalarType.Float64));
        }
        return sum;
    }

    private static void Accumulate(Tensor sum, Tensor left, Tensor right)
    {
        using Scalar one = 1;
        sum.add_(left.mm(right), one);
    }

    private static IEnumerable<(long Start, long Length)> Blocks(Tensor x)
    {
        var rows = Math.Max(1, Elements / Math.Max(1, x.shape[1]));
        for (long start = 0; start < x.shape[0]; start += rows) yield return (start, Math.Min(rows, x.shape[0] - start));
    }
}
