using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Byol.Method;

/// <summary>How far apart embeddings lie: the figure that falls to 0 when training collapses.</summary>
internal static class EmbeddingSpread
{
    /// <summary>The standard deviation of each dimension of L2-normalized embeddings, averaged over the dimensions.</summary>
    /// <param name="embeddings">[B,d].</param>
    /// <returns>About 1/√d when embeddings fill the sphere; 0 when all are the same (Chen and He 2021, section 4.1).</returns>
    public static double StandardDeviation(Tensor embeddings)
    {
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
        return Enumerable.Range(0, dimensions).Average(d => Math.Sqrt(Math.Max(0, squares[d] / count - Math.Pow(sums[d] / count, 2))));
    }

    private static double SumOfSquares(ReadOnlySpan<float> vector)
    {
        var sum = 0.0;
        foreach (var x in vector) sum += (double)x * x;
        return sum;
    }
}
