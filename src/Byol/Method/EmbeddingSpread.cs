using System.Runtime.InteropServices;
using Byol.Distributed;
using static TorchSharp.torch;

namespace Byol.Method;

/// <summary>How far apart embeddings lie: the figure that falls to 0 when training collapses.</summary>
internal static class EmbeddingSpread
{
    /// <summary>The standard deviation of each dimension of L2-normalized embeddings, averaged over the dimensions.</summary>
    /// <param name="embeddings">[B,d].</param>
    /// <param name="ranks">Who has the others of the batch, as many as these; null for a single process.</param>
    /// <returns>About 1/√d when embeddings fill the sphere; 0 when all are the same (Chen and He 2021, section 4.1).</returns>
    public static double StandardDeviation(Tensor embeddings, ICollective? ranks = null)
    {
        if (embeddings.device_type != TorchSharp.DeviceType.CPU) return OnDevice(embeddings, ranks ?? SingleProcess.Instance);
        using var full = embeddings.detach().to(ScalarType.Float32, CPU).contiguous();
        var values = MemoryMarshal.Cast<byte, float>(full.bytes);
        var (count, dimensions) = ((int)embeddings.shape[0], (int)embeddings.shape[1]);
        var sums = new double[dimensions];
        var squares = new double[dimensions];
        for (var row = 0; row < count; row++)
        {
            var vector = values.Slice(row * dimensions, dimensions);
            var norm = Math.Max(1e-12, Math.Sqrt(SumOfSquares(vector)));
            for (var d = 0; d < dimensions; d++)
            {
                var x = vector[d] / norm;
                sums[d] += x;
                squares[d] += x * x;
            }
        }
        ranks ??= SingleProcess.Instance;
        ranks.Sum(sums);
        ranks.Sum(squares);
        count *= ranks.Count;
        return Enumerable.Range(0, dimensions).Average(d => Math.Sqrt(Math.Max(0, squares[d] / count - Math.Pow(sums[d] / count, 2))));
    }

    // The same where the embeddings are: two sums of each dimension leave it, and no embedding.
    internal static double OnDevice(Tensor embeddings, ICollective ranks)
    {
        using var sums = Sums(embeddings);
        using var here = sums.cpu();
        var all = here.data<double>().ToArray();
        ranks.Sum(all);
        return OfSums(all, (double)embeddings.shape[0] * ranks.Count);
    }

    /// <summary>The sums of normalized embeddings and of their squares, where these are.</summary>
    /// <param name="embeddings">[B,d].</param>
    /// <returns>[2,d] fp64; the caller's dispose scope owns it.</returns>
    public static Tensor Sums(Tensor embeddings)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var unit = nn.functional.normalize(embeddings.detach().to(ScalarType.Float32), p: 2, dim: 1, eps: 1e-12);      // [B,d]
        var sums = zeros([2, unit.shape[1]], ScalarType.Float64, unit.device);
        sums.select(0, 0).copy_(unit.sum(0, keepdim: false, ScalarType.Float64));
        sums.select(0, 1).copy_(unit.mul(unit).sum(0, keepdim: false, ScalarType.Float64));
        return sums.MoveToOuterDisposeScope();
    }

    /// <summary>The spread by <see cref="Sums"/>.</summary>
    /// <param name="sums">2·d of them.</param>
    /// <param name="count">Of how many embeddings.</param>
    public static double OfSums(ReadOnlySpan<double> sums, double count)
    {
        var (dimensions, total) = (sums.Length / 2, 0.0);
        for (var d = 0; d < dimensions; d++) total += Math.Sqrt(Math.Max(0, sums[dimensions + d] / count - Math.Pow(sums[d] / count, 2)));
        return total / dimensions;
    }

    private static double SumOfSquares(ReadOnlySpan<float> vector)
    {
        var sum = 0.0;
        foreach (var x in vector) sum += (double)x * x;
        return sum;
    }
}
