using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Image files that are listed: by a pattern, or in a file with a line for each.</summary>
internal sealed class ImageList : FilesDataset
{
    private ImageList(
        string name, string folder, ImageOptions options, IReadOnlyList<ImageFile> pages,
        (IReadOnlyList<string> Classes, int[]? OfImages) labels, params string[] remarks)
        : base(name, new ImageFiles(folder, pages, options), labels, new DatasetNotes([], remarks))
    {
    }

    /// <summary>Files by their paths; they have no labels.</summary>
    /// <param name="name">Their common name in messages.</param>
    /// <param name="files">Paths that exist.</param>
    /// <param name="options">How they become pixels.</param>
    public static ImageList Of(string name, IReadOnlyList<string> files, ImageOptions options) =>
        new(name, "", options, Pages(name, "", files), ([], null));

    /// <summary>Reads a list: paths, one a line, relative to the list's folder; a .csv has columns, one of them with labels if it has
    /// any.</summary>
    /// <param name="path">A .txt or .csv.</param>
    /// <param name="options">How they become pixels.</param>
    /// <exception cref="DatasetException">It lists no image, or one that does not exist.</exception>
    public static ImageList Read(string path, ImageOptions options)
    {
        var folder = Path.GetDirectoryName(path) ?? "";
        var list = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? ListedFiles.OfCsv(path) : ListedFiles.OfText(path);
        if (list.Files.Count == 0)
            throw new DatasetException($"{path} lists no image; write one path a line, relative to the list's folder.");
        var pages = Pages(path, folder, list.Files);
        if (list.FirstWithoutLabel is { } without)
            return new ImageList(path, folder, options, pages, ([], null), $"{without} has no label in {path}, so no image has one.");
        return new ImageList(path, folder, options, pages, list.Labels is { } labels ? Labels(pages, list.Files, labels) : ([], null));
    }

    private static (IReadOnlyList<string> Classes, int[]? OfImages) Labels(
        IReadOnlyList<ImageFile> pages, IReadOnlyList<string> files, IReadOnlyList<string> labels)
    {
        var ofFile = files.Zip(labels).DistinctBy(f => f.First).ToDictionary(f => f.First, f => f.Second);
        return ClassFolders.Number(pages.Select(p => ofFile[p.File]));
    }

    private static IReadOnlyList<ImageFile> Pages(string list, string folder, IReadOnlyList<string> files) =>
        TiffPages.Of(folder, [.. files.Select(f => (f, Length(list, folder, f)))]);

    private static long Length(string list, string folder, string file) =>
        new FileInfo(Path.Combine(folder, file)) is { Exists: true } found ? found.Length
        : throw new DatasetException(
            $"{list} lists {file}, and there is no such file in {(folder.Length == 0 ? "." : folder)}; correct the list.");
}
