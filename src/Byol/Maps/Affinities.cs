namespace Byol.Maps;

/// <summary>How much each two neighbors belong together: the joint probabilities of t-SNE, kept for neighbors alone.</summary>
/// <param name="Starts">[N+1]: where the row of each begins.</param>
/// <param name="Others">Who is meant.</param>
/// <param name="Values">p; all of them sum to 1.</param>
internal sealed record Affinities(int[] Starts, int[] Others, double[] Values)
{
    private const int Halvings = 64;
    private const double Close = 1e-5;

    /// <summary>Finds them.</summary>
    /// <param name="graph">Neighbors; distances are those of vectors of length 1.</param>
    /// <param name="perplexity">Of the distribution of each.</param>
    public static Affinities Of(NeighborGraph graph, double perplexity)
    {
        var (n, k) = (graph.Count, graph.K);
        var conditional = new double[n * k];
        Rows.For(n, i => Fill(graph.Similarities.AsSpan(i * k, k), Math.Log(perplexity), conditional.AsSpan(i * k, k)));

        // Both ways round, then what stands twice in a row is added up.
        var edges = new List<(int Other, double Value)>[n];
        for (var i = 0; i < n; i++) edges[i] = new List<(int, double)>(2 * k);
        for (var e = 0; e < conditional.Length; e++)
        {
            var (i, j, half) = (e / k, graph.Indices[e], conditional[e] / (2 * n));
            edges[i].Add((j, half));
            edges[j].Add((i, half));
        }
        var rows = edges.Select(row => row
            .GroupBy(e => e.Other).Select(g => (Other: g.Key, Value: g.Sum(e => e.Value))).OrderBy(e => e.Other).ToArray()).ToList();
        var starts = new int[n + 1];
        for (var i = 0; i < n; i++) starts[i + 1] = starts[i] + rows[i].Length;
        return new Affinities(starts, [.. rows.SelectMany(r => r.Select(e => e.Other))], [.. rows.SelectMany(r => r.Select(e => e.Value))]);
    }

    // The width of the Gaussian whose entropy is the one that is wanted, by halving.
    private static void Fill(ReadOnlySpan<float> similarities, double entropy, Span<double> row)
    {
        var (beta, low, high) = (1.0, 0.0, double.PositiveInfinity);
        for (var halving = 0; halving < Halvings; halving++)
        {
            double sum = 0, weighted = 0;
            var nearest = Distance(similarities[0]);
            for (var j = 0; j < row.Length; j++)
            {
                var distance = Distance(similarities[j]) - nearest;
                row[j] = Math.Exp(-beta * distance);
                sum += row[j];
                weighted += row[j] * distance;
            }
            for (var j = 0; j < row.Length; j++) row[j] /= sum;
            var difference = Math.Log(sum) + beta * weighted / sum - entropy;
            if (Math.Abs(difference) < Close) return;
            if (difference > 0) low = beta;
            else high = beta;
            beta = double.IsPositiveInfinity(high) ? 2 * beta : (low + high) / 2;
        }
    }

    // Squared and Euclidean.
    private static double Distance(float similarity) => Math.Max(0, 2 - 2.0 * similarity);
}
