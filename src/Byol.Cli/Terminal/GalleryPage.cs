using System.CommandLine;
using System.Text;
using Byol.Cli.Inputs;
using Byol.Data.Images;
using Byol.Embeddings;
using Byol.Reports;
using Byol.Runs;

namespace Byol.Cli.Terminal;

/// <summary>Search results and duplicates as a page of pictures.</summary>
internal static class GalleryPage
{
    private const int Side = 256;   // pixels: shown at 128 and a little more, sharp on fine screens

    public static Option<string?> Option() => new("--out") { Description = "An .html page to write: pictures and all, in one file." };

    /// <summary>The page's path, found fit before the work.</summary>
    public static string? Path(string? path, bool hasImages)
    {
        if (path is null) return null;
        if (!path.EndsWith(".html", StringComparison.OrdinalIgnoreCase) || Directory.Exists(path))
            throw new ArgumentException($"--out {path} must be a file that ends in .html.");
        if (!hasImages)
            throw new ArgumentException($"--out {path} shows images, which embeddings are not; name them by --data too.");
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            using var _ = File.OpenWrite(path);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"--out {path} cannot be written ({e.Message.TrimEnd('.')}); choose another file.", e);
        }
    }

    public static void OfSearch(string path, string query, byte[] file, EmbeddedData found, Neighbor[] nearest)
    {
        var places = found.Places();
        var name = System.IO.Path.GetFileName(query);
        Write(path, $"Nearest to {name}", $"{found.Set.Images.Count} images of {found.Name}, compared by the cosine of their embeddings.",
        [
            new GallerySection("Searched for", null, [new GalleryPicture(name, null, Thumbnail(() => ImageDecoder.Decode(file, query)))]),
            new GallerySection("Nearest", null, nearest.Select(n => Picture(found, places, n.Index, Costs.Cosine(n.Similarity)))),
        ]);
    }

    public static void OfDuplicates(
        string path, EmbeddedData data, IReadOnlyList<DuplicateGroup> groups, IReadOnlyList<Outlier> outliers, double threshold)
    {
        var places = data.Places();
        var sections = groups.Select((g, n) => new GallerySection($"Near-duplicates {n + 1}", $"{g.Members.Count} images",
            g.Members.Select((i, m) => Picture(data, places, i, Costs.Cosine(g.Similarities[m])))));
        var far = new GallerySection("Outliers", "Farthest from their nearest neighbors: mean cosine distance.",
            outliers.Select(o => Picture(data, places, o.Index, Costs.Cosine(o.Distance))));
        var lead = Commands.Duplicates.Summary(data, threshold, groups) + ". Each has its similarity to the nearest of its group.";
        Write(path, $"Near-duplicates and outliers of {data.Name}", lead, outliers.Count > 0 ? sections.Append(far) : sections);
    }

    private static void Write(
        string path, string title, string lead, IEnumerable<GallerySection> sections) => RunDirectory.Write(path, stream =>
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        Gallery.Write(text, title, lead, sections);
    });

    private static GalleryPicture Picture(EmbeddedData data, int[] places, int row, string figure)
    {
        var buffer = new ImageBuffer((width, height) => ImageBuffer.MostReduction(Math.Max(width, height), Side));
        return new GalleryPicture(data.Set.Images[row].Name, figure, Thumbnail(() => data.Dataset!.Read(places[row], buffer)));
    }

    // The images were read once; whatever has become of one since does not cost the page.
    private static byte[] Thumbnail(Func<Image8> read)
    {
        try
        {
            var image = read();
            var scale = Math.Min(1, (double)Side / Math.Max(image.Width, image.Height));
            return ImageEncoder.Jpeg(Shrink.Resize(
                image, Math.Max(1, (int)(image.Width * scale)), Math.Max(1, (int)(image.Height * scale))));
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }
}
