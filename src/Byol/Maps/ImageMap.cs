namespace Byol.Maps;

/// <summary>Two images that are nearly the same.</summary>
internal sealed record ClosePair(int A, int B, float Similarity);

/// <summary>An image far from all others.</summary>
internal sealed record FarImage(int Image, double Distance);

/// <summary>A map of embeddings: points on a plane, neighbors, what is twice there and what is like nothing else.</summary>
internal sealed class ImageMap
{
    /// <summary>Neighbors that a page shows of each image.</summary>
    public const int Shown = 12;

    private const int OutlierNeighbors = 10, MostListed = 60;
    private const double CloseShare = 0.05;
    private readonly UnitRows _rows;

    private ImageMap(UnitRows rows, Places plane) => (_rows, Plane) = (rows, plane);

    /// <summary>Places on the plane of most variance.</summary>
    public Places Plane { get; }

    /// <summary>Places on which near ones stay near; null until they are found.</summary>
    public Places? Near { get; private set; }

    /// <summary>Neighbors; null until they are found.</summary>
    public NeighborGraph? Graph { get; private set; }

    /// <summary>The plane of some embeddings; the rest is found by <see cref="FindNeighbors"/> and <see cref="Arrange"/>.</summary>
    /// <param name="values">[N,D], N is 2 or more.</param>
    /// <param name="dimension">D.</param>
    public static ImageMap Of(ReadOnlySpan<float> values, int dimension)
    {
        var rows = new UnitRows(values, dimension);
        return new ImageMap(rows, PrincipalPlane.Of(rows));
    }

    /// <summary>Finds who is near whom.</summary>
    public ImageMap FindNeighbors(Action<double>? progress = null, CancellationToken cancellation = default)
    {
        Graph = NeighborGraph.Of(_rows, NeighborMap.Neighbors, progress, cancellation);
        return this;
    }

    /// <summary>Arranges the images so that near ones stay near.</summary>
    public ImageMap Arrange(Action<double>? progress = null, CancellationToken cancellation = default)
    {
        if (Graph is null) FindNeighbors(null, cancellation);
        Near = NeighborMap.Of(Graph!, Plane, progress, cancellation);
        return this;
    }

    /// <summary>The closest pairs whose distance, 1 − cos, is a twentieth of that of two images in the mean, or less.</summary>
    public IReadOnlyList<ClosePair> Duplicates()
    {
        if (Graph is not { } graph) return [];
        var least = 1 - CloseShare * (1 - MeanCosine());
        var pairs = new List<ClosePair>();
        for (var e = 0; e < graph.Indices.Length; e++)
        {
            var (i, j) = (e / graph.K, graph.Indices[e]);
            if (graph.Similarities[e] >= least && (i < j || !IsNear(graph, j, i))) pairs.Add(new ClosePair(i, j, graph.Similarities[e]));
        }
        return [.. pairs.OrderByDescending(p => p.Similarity).ThenBy(p => p.A).ThenBy(p => p.B).Take(MostListed)];
    }

    /// <summary>The images farthest from their nearest neighbors: mean cosine distance.</summary>
    public IReadOnlyList<FarImage> Outliers() => Graph is not { } graph ? [] :
    [
        .. Enumerable.Range(0, graph.Count)
            .Select(i => new FarImage(i, 1 - Mean(graph.Similarities.AsSpan(i * graph.K, Math.Min(OutlierNeighbors, graph.K)))))
            .OrderByDescending(o => o.Distance).ThenBy(o => o.Image).Take(MostListed),
    ];

    private static double Mean(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum / values.Length;
    }

    private static bool IsNear(NeighborGraph graph, int i, int j) => graph.Indices.AsSpan(i * graph.K, graph.K).Contains(j);

    // Of two different images, by the length of the mean of all.
    private double MeanCosine()
    {
        var sum = new double[_rows.Stride];
        for (var i = 0; i < _rows.Count; i++)
        {
            var row = _rows.Row(i);
            for (var d = 0; d < sum.Length; d++) sum[d] += row[d];
        }
        double n = _rows.Count;
        return Math.Clamp((sum.Sum(v => v * v) - n) / (n * (n - 1)), -1, 1);
    }
}
