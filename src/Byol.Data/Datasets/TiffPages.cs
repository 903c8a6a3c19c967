using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>One image of a file on disk.</summary>
/// <param name="File">The path in its folder, with /.</param>
/// <param name="Length">The file's, in bytes.</param>
/// <param name="Page">Which of a TIFF's images, from 0.</param>
/// <param name="Pages">How many the file has.</param>
internal readonly record struct ImageFile(string File, long Length, int Page = 0, int Pages = 1)
{
    /// <summary>What the image is called: the file, and which page of several.</summary>
    public string Name => Pages > 1 ? $"{File}#{Page + 1}" : File;
}

/// <summary>The pages of TIFFs, each of which is an image.</summary>
internal static class TiffPages
{
    /// <summary>Whether a file may have several.</summary>
    public static bool MayBe(string name) =>
        name.EndsWith(".tif", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".tiff", StringComparison.OrdinalIgnoreCase);

    /// <summary>Files with a place for each of their pages.</summary>
    /// <param name="folder">Where the names begin.</param>
    /// <param name="files">Names and lengths.</param>
    public static IReadOnlyList<ImageFile> Of(string folder, IReadOnlyList<(string Name, long Length)> files) =>
    [
        .. files.AsParallel().AsOrdered()
            .SelectMany(f => Pages(f.Name, f.Length, MayBe(f.Name) ? Count(Path.Combine(folder, f.Name)) : 1)),
    ];

    /// <summary>How many images a TIFF has; 1 if it cannot be read, which the reader reports.</summary>
    /// <param name="file">The file.</param>
    public static int Count(Stream file)
    {
        try
        {
            return Math.Max(1, TiffDirectory.All(file).Count(d => d.IsImage));
        }
        catch (Exception e) when (e is FormatException or IOException)
        {
            return 1;
        }
    }

    private static int Count(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Count(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 1;
        }
    }

    private static IEnumerable<ImageFile> Pages(string name, long length, int pages) =>
        Enumerable.Range(0, pages).Select(p => new ImageFile(name, length, p, pages));
}
