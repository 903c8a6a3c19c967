using System.Globalization;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Embeddings;
using Byol.Encoders;

namespace Byol.Cli.Inputs;

/// <summary>Images with their embeddings, for the verbs that compare them: computed now, or read from a file.</summary>
/// <param name="Set">Embeddings of length 1.</param>
/// <param name="Dataset">The images, or null if only their embeddings were given.</param>
/// <param name="Unreadable">Images that have none.</param>
internal sealed record EmbeddedData(EmbeddingSet Set, IDataset? Dataset, IReadOnlyList<UnreadableImage> Unreadable) : IDisposable
{
    private const float SameImage = 1e-4f;      // in batches of other sizes the last bits differ

    public string Name => Dataset?.Name ?? "the embeddings";

    /// <summary>Embeds a dataset.</summary>
    public static EmbeddedData Compute(IImageEncoder encoder, IDataset dataset, CancellationToken cancellation)
    {
        var progress = ImageProgress.OnStandardError();
        var set = EmbeddingPass.Collect(encoder, dataset, out var unreadable,
            done => progress.Report(done, dataset.Count, done * (long)encoder.Dimension * sizeof(float)), cancellation);
        return Of(set, dataset, unreadable);
    }

    /// <summary>Reads embeddings that byol embed wrote.</summary>
    public static EmbeddedData Read(string path, IDataset? dataset) => Of(EmbeddingFile.Read(path), dataset, []);

    // A vector of zeros has no direction, and so no cosine.
    private static EmbeddedData Of(EmbeddingSet set, IDataset? dataset, IReadOnlyList<UnreadableImage> unreadable)
    {
        var data = new EmbeddedData(set.Normalize(), dataset, unreadable);
        var zeros = set.Zeros();
        if (zeros.Count > 0)
        {
            Warnings.Print(string.Create(CultureInfo.InvariantCulture,
                $"{zeros.Count:N0} of {set.Images.Count:N0} embeddings are all zeros (first {set.Images[zeros[0]].Name}) ")
                + "and count as similar to no image; byol diagnose shows whether the encoder has collapsed.");
        }
        return data;
    }

    /// <summary>Compares what embeddings out of a file were made with to the encoder that embeds what they are compared with.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoder">The encoder.</param>
    /// <exception cref="ArgumentException">They are of another encoder, or of images prepared in another way.</exception>
    public void RequireMadeBy(string path, IImageEncoder encoder)
    {
        if (Set.Dimension != encoder.Dimension)
        {
            throw new ArgumentException(
                $"The embeddings have {Set.Dimension} dimensions and {encoder.Name} has {encoder.Dimension}; give those that it made.");
        }
        if (Set.Source is null)
        {
            Warnings.Print(
                $"{path} does not say which encoder made it (an older byol wrote it, or it was changed since), so embeddings "
                + "of another encoder would go unnoticed; embed the images again to have this checked.");
        }
        else if (EmbeddingSource.Of(encoder) is { } given && Set.Source.DifferenceFrom(given) is { } difference)
        {
            throw new ArgumentException($"{path} was made with {Set.Source.Encoder}, and {encoder.Name} is given: {difference}; "
                + "search with the encoder that made it, or embed the images again.");
        }
    }

    /// <summary>Whether a row is of a file: its name, which is a path within its data, is how the file's path ends. One of the same name
    /// elsewhere is told apart by its similarity being below 1.</summary>
    public bool IsOf(Neighbor row, string file)
    {
        var (path, name) = (Path.GetFullPath(file).Replace('\\', '/'), Set.Images[row.Index].Name);
        return row.Similarity > 1 - SameImage && (path == name || path.EndsWith($"/{name}", StringComparison.Ordinal));
    }

    /// <summary>Where each row's image lies in the dataset. Rows stand in its order, but for images that have none.</summary>
    /// <exception cref="InvalidDataException">The embeddings are of other images.</exception>
    public int[] Places()
    {
        var (places, at) = (new int[Set.Images.Count], 0);
        for (var row = 0; row < places.Length; row++)
        {
            while (at < Dataset!.Count && Dataset.ItemName(at) != Set.Images[row].Name) at++;
            if (at == Dataset.Count)
            {
                throw new InvalidDataException(
                    $"{Set.Images[row].Name} is among the embeddings and not in {Dataset.Name}, or not in this order; embed it again.");
            }
            places[row] = at++;
        }
        return places;
    }

    /// <summary>A page that shows them.</summary>
    /// <param name="path">The page.</param>
    /// <exception cref="InvalidDataException">The embeddings are of other images.</exception>
    public GalleryPage Page(string path) => new(path, Name, Set, Dataset!, Places());

    public void Dispose() => Set.Dispose();
}
