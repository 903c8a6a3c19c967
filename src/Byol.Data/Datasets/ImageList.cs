using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Image files that are listed: by a pattern, or in a file with a line for each.</summary>
internal sealed class ImageList : IDataset, IDatasetDetails
{
    private readonly ImageFiles _files;
    private readonly int[]? _labels;

    private ImageList(
        string name, string folder, ImageOptions options, IReadOnlyList<string> files, IReadOnlyList<string>? labels,
        params string[] remarks)
    {
        Name = name;
        var pages = TiffPages.Of(folder, [.. files.Select(f => (f, Length(name, folder, f)))]);
        _files = new ImageFiles(folder, pages, options);
        if (labels is not null)
        {
            var ofFile = files.Zip(labels).DistinctBy(f => f.First).ToDictionary(f => f.First, f => f.Second);
            (Classes, _labels) = ClassFolders.Number(pages.Select(p => ofFile[p.File]));
        }
        Notes = new DatasetNotes([], remarks);
    }

    /// <summary>Files by their paths; they have no labels.</summary>
    /// <param name="name">What messages call them together.</param>
    /// <param name="files">Paths that exist.</param>
    /// <param name="options">How they become pixels.</param>
    public static ImageList Of(string name, IReadOnlyList<string> files, ImageOptions options) => new(name, "", options, files, null);

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
        if (list.FirstWithoutLabel is { } without)
            return new ImageList(path, folder, options, list.Files, null, $"{without} has no label in {path}, so no image has one.");
        return new ImageList(path, folder, options, list.Files, list.Labels);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _files.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; } = [];

    /// <inheritdoc/>
    public DatasetNotes Notes { get; }

    /// <inheritdoc/>
    public Image8 Read(int index, ImageBuffer buffer) => _files.Read(index, buffer);

    /// <inheritdoc/>
    public int? Label(int index) => _labels?[index];

    /// <inheritdoc/>
    public string ItemName(int index) => _files.Name(index);

    /// <inheritdoc/>
    public ImageOptions Options => _files.Options;

    /// <inheritdoc/>
    public long Size(int index) => _files.Length(index);

    /// <inheritdoc/>
    public int? BitsInUse(int index) => _files.BitsInUse(index);

    private static long Length(string list, string folder, string file) =>
        new FileInfo(Path.Combine(folder, file)) is { Exists: true } found ? found.Length
        : throw new DatasetException(
            $"{list} lists {file}, and there is no such file in {(folder.Length == 0 ? "." : folder)}; correct the list.");
}
