using Byol.Maps;
using Byol.Runs;

namespace Byol.Reports;

/// <summary>A map of images as one HTML file that opens offline: the plane of their embeddings, the neighbors of each image,
/// near-duplicates and outliers.</summary>
public static class MapReport
{
    /// <summary>The most images in a map.</summary>
    public const int MostImages = EmbeddingSnapshot.MostImages;

    /// <summary>Writes the page; ten thousand images take half a minute on two cores.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="data">The name of the dataset.</param>
    /// <param name="embeddings">[N,D], row by row; N is 2 or more.</param>
    /// <param name="names">N.</param>
    /// <param name="labels">N class names; empty if there are none.</param>
    /// <param name="thumbnail">A small JPEG of an image; empty if it has none.</param>
    /// <param name="progress">Receives what is being done, and the finished share.</param>
    /// <param name="cancellation">Cancels; nothing is written.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(
        string path, string data, ReadOnlySpan<float> embeddings, IReadOnlyList<string> names, IReadOnlyList<string> labels,
        Func<int, byte[]> thumbnail, Action<string, double>? progress = null, CancellationToken cancellation = default)
    {
        var dimension = embeddings.Length / names.Count;
        var snapshot = new EmbeddingSnapshot(0, 0, data, dimension, [], names, labels);
        var map = ImageMap.Of(embeddings, dimension)
            .FindNeighbors(share => progress?.Invoke("neighbors", share), cancellation)
            .Arrange(share => progress?.Invoke("arranging", share), cancellation);
        Write(path, $"Map of {data}", RunView.OfMap(data, View(snapshot, map, thumbnail)));
    }

    /// <summary>What a page shows of a map, pictures within.</summary>
    internal static MapView View(EmbeddingSnapshot snapshot, ImageMap map, Func<int, byte[]> thumbnail) => MapView.Of(snapshot, map) with
    {
        Thumbnails = [.. Enumerable.Range(0, snapshot.Count).Select(i => Convert.ToBase64String(thumbnail(i)))],
    };

    private static void Write(string path, string title, RunView run) =>
        RunDirectory.Write(path, stream => PageTemplate.Write(stream, title, new { runs = (RunView[])[run], is_map = true }));
}
