using Byol.Maps;
using Byol.Runs;

namespace Byol.Reports;

/// <summary>Places in columns.</summary>
internal sealed record PlacesView(IReadOnlyList<double> X, IReadOnlyList<double> Y);

/// <summary>What the page shows of a map of images.</summary>
internal sealed record MapView(
    long Step, double Epoch, string Data, IReadOnlyList<string> Names, IReadOnlyList<int> Labels, IReadOnlyList<string> Classes,
    PlacesView Pca)
{
    private const int Digits = 4;

    /// <summary>Places on which near ones stay near; null until they are found.</summary>
    public PlacesView? Near { get; init; }

    /// <summary>What is being done, in words; null if nothing is.</summary>
    public string? Working { get; init; }

    /// <summary>Neighbors of each image.</summary>
    public int K { get; init; }

    /// <summary>[N,k]; null until they are found.</summary>
    public IReadOnlyList<int>? Neighbors { get; init; }

    /// <summary>[N,k].</summary>
    public IReadOnlyList<double>? Similarities { get; init; }

    /// <summary>Pairs that are nearly the same.</summary>
    public IReadOnlyList<ClosePair> Duplicates { get; init; } = [];

    /// <summary>Images like no other.</summary>
    public IReadOnlyList<FarImage> Outliers { get; init; } = [];

    /// <summary>JPEGs in base64, where the page holds them.</summary>
    public IReadOnlyList<string>? Thumbnails { get; init; }

    /// <summary>Whether a server has thumbnails.</summary>
    public bool HasThumbnails { get; init; }

    /// <summary>What is seen of a map as far as it was computed.</summary>
    /// <param name="snapshot">What it is of.</param>
    /// <param name="map">The map.</param>
    public static MapView Of(EmbeddingSnapshot snapshot, ImageMap map)
    {
        var classes = snapshot.Labels.Distinct().Order(StringComparer.Ordinal).ToList();
        var places = classes.Index().ToDictionary(c => c.Item, c => c.Index, StringComparer.Ordinal);
        var (graph, shown) = (map.Graph, Math.Min(ImageMap.Shown, map.Graph?.K ?? 0));
        return new MapView(
            snapshot.Step, snapshot.Epoch, snapshot.Data, snapshot.Names, [.. snapshot.Labels.Select(l => places[l])], classes,
            Rounded(map.Plane))
        {
            Near = map.Near is { } near ? Rounded(near) : null,
            K = shown,
            Neighbors = graph is null ? null : [.. Enumerable.Range(0, graph.Count * shown).Select(e => graph.Indices[At(e)])],
            Similarities = graph is null ? null
                : [.. Enumerable.Range(0, graph.Count * shown).Select(e => Math.Round(graph.Similarities[At(e)], Digits))],
            Duplicates = map.Duplicates(), Outliers = map.Outliers(),
        };

        int At(int e) => e / shown * graph!.K + e % shown;
    }

    // Relative to the size of the whole: no screen has more digits.
    private static PlacesView Rounded(Places places)
    {
        var size = places.X.Concat(places.Y).Max(Math.Abs) is > 0 and var most ? most : 1;
        return new PlacesView(Column(places.X), Column(places.Y));

        double[] Column(double[] values) => Array.ConvertAll(values, v => Math.Round(v / size, Digits));
    }
}
