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
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var unit = nn.functional.normalize(embeddings.detach().to(ScalarType.Float32), p: 2, dim: 1, eps: 1e-12);      // [B,d]
        var dimensions = unit.shape[1];
        var sums = zeros([2, dimensions], ScalarType.Float64, unit.device);
        sums.select(0, 0).copy_(unit.sum(0, keepdim: false, ScalarType.Float64));
        sums.select(0, 1).copy_(unit.mul(unit).sum(0, keepdim: false, ScalarType.Float64));
        var all = sums.cpu().data<double>().ToArray();
        ranks.Sum(all);
        var count = (double)unit.shape[0] * ranks.Count;
        return Enumerable.Range(0, (int)dimensions)
            .Average(d => Math.Sqrt(Math.Max(0, all[dimensions + d] / count - Math.Pow(all[d] / count, 2))));
    }

    private static double SumOfSquares(ReadOnlySpan<float> vector)
    {
        var sum = 0.0;
        foreach (var x in vector) sum += (double)x * x;
        return sum;
    }
}
