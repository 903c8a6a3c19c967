namespace Byol.Maps;

/// <summary>The k nearest others of every vector by the cosine, found exactly.</summary>
internal sealed class NeighborGraph
{
    private const int Block = 256;      // rows that stay in the cache while others pass

    private NeighborGraph(int count, int k) => (Count, K, Indices, Similarities) = (count, k, new int[count * k], new float[count * k]);

    /// <summary>N.</summary>
    public int Count { get; }

    /// <summary>k.</summary>
    public int K { get; }

    /// <summary>[N,k], nearest first.</summary>
    public int[] Indices { get; }

    /// <summary>[N,k], cosines, falling.</summary>
    public float[] Similarities { get; }

    /// <summary>Finds them.</summary>
    /// <param name="rows">N vectors, two or more.</param>
    /// <param name="k">There are never more than N − 1.</param>
    /// <param name="progress">Receives the finished share.</param>
    /// <param name="cancellation">Cancels.</param>
    public static NeighborGraph Of(UnitRows rows, int k, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        var graph = new NeighborGraph(rows.Count, Math.Min(k, rows.Count - 1));
        Array.Fill(graph.Similarities, float.NegativeInfinity);
        var blocks = (rows.Count + Block - 1) / Block;
        var done = 0;
        Parallel.For(0, blocks, new ParallelOptions { CancellationToken = cancellation }, block =>
        {
            graph.Fill(rows, block * Block, Math.Min(rows.Count, (block + 1) * Block));
            progress?.Invoke(Interlocked.Increment(ref done) / (double)blocks);
        });
        return graph;
    }

    private void Fill(UnitRows rows, int first, int end)
    {
        Span<float> products = stackalloc float[4];
        for (var j = 0; j < rows.Count; j++)
        {
            var other = rows.Row(j);
            var i = first;
            for (; i + 4 <= end; i += 4)
            {
                rows.Dot4(i, other, products);
                for (var n = 0; n < 4; n++) Offer(i + n, j, products[n]);
            }
            for (; i < end; i++) Offer(i, j, UnitRows.Dot(rows.Row(i), other));
        }
    }

    // Of equals the first is nearer, in any order of the work.
    private void Offer(int row, int other, float similarity)
    {
        var (start, last) = (row * K, row * K + K - 1);
        if (!(similarity > Similarities[last]) || row == other) return;
        var at = last;
        for (; at > start && Similarities[at - 1] < similarity; at--)
            (Similarities[at], Indices[at]) = (Similarities[at - 1], Indices[at - 1]);
        (Similarities[at], Indices[at]) = (similarity, other);
    }
}
