using System.Text;
using Byol.Data.Datasets;
using Byol.Embeddings;
using Byol.Reports;

namespace Byol.Cli.Terminal;

/// <summary>Search results and duplicates as a page of pictures.</summary>
/// <param name="path">The page.</param>
/// <param name="name">What the images are called together.</param>
/// <param name="set">Their embeddings.</param>
/// <param name="dataset">The images.</param>
/// <param name="places">Where the image of each embedding lies in the dataset.</param>
internal sealed class GalleryPage(string path, string name, EmbeddingSet set, IDataset dataset, int[] places)
{
    public void OfSearch(string query, byte[] file, IReadOnlyList<Neighbor> nearest)
    {
        var title = Path.GetFileName(query);
        Write($"Nearest to {title}", $"{set.Images.Count} images of {name}, compared by the cosine of their embeddings.",
        [
            new GallerySection("Searched for", null, [new GalleryPicture(title, null, Thumbnail.Of(file, query))]),
            new GallerySection("Nearest", null, nearest.Select(n => Picture(n.Index, Output.Cosine(n.Similarity)))),
        ]);
    }

    /// <param name="summary">What was found, in a line.</param>
    /// <param name="groups">Near-duplicates.</param>
    /// <param name="outliers">Images like no other.</param>
    public void OfDuplicates(string summary, IReadOnlyList<DuplicateGroup> groups, IReadOnlyList<(int Index, double Distance)> outliers)
    {
        var sections = groups.Select((g, n) => new GallerySection($"Near-duplicates {n + 1}", $"{g.Members.Count} images",
            g.Members.Select((i, m) => Picture(i, Output.Cosine(g.Similarities[m])))));
        var far = new GallerySection("Outliers", "Farthest from their nearest neighbors: mean cosine distance.",
            outliers.Select(o => Picture(o.Index, Output.Cosine(o.Distance))));
        Write($"Near-duplicates and outliers of {name}", $"{summary}. Each has its similarity to the nearest of its group.",
            outliers.Count > 0 ? sections.Append(far) : sections);
    }

    private void Write(string title, string lead, IEnumerable<GallerySection> sections) => WholeFile.Write(path, stream =>
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        Gallery.Write(text, title, lead, sections);
    });

    private GalleryPicture Picture(int row, string figure) =>
        new(set.Images[row].Name, figure, Thumbnail.Of(dataset, places[row]));
}
