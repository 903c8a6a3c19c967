using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>A folder of image files at any depth, in ordinal order of their paths. Where every image lies in a sub-folder, the first folder
/// of its path is its label.</summary>
internal sealed class ImageFolder : FilesDataset
{
    private static readonly string[] Splits =
        ["train", "training", "val", "valid", "validation", "test", "testing", "dev", "holdout", "unlabeled", "unlabelled"];

    /// <summary>Lists the images of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How they become pixels; null for the defaults.</param>
    /// <exception cref="DatasetException">There is no such folder, or no image in it.</exception>
    public ImageFolder(string folder, ImageOptions? options = null)
        : this(folder, options ?? DatasetDetails.Defaults, Directory.Exists(folder) ? new FolderWalk(folder)
            : throw new DatasetException($"Folder {folder} does not exist; give a folder of images, or a name from KnownDataset.All."))
    {
    }

    /// <summary>The images that a walk has found.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How they become pixels.</param>
    /// <param name="walk">Its walk.</param>
    /// <param name="remarks">What was decided before.</param>
    /// <exception cref="DatasetException">It found none.</exception>
    public ImageFolder(string folder, ImageOptions options, FolderWalk walk, params IEnumerable<string> remarks)
        : this(folder, options, TiffPages.Of(folder, walk.Images),
            new DatasetNotes(walk.PassedOver, [.. remarks, .. Remarks(folder, walk.Images)]))
    {
    }

    private ImageFolder(string folder, ImageOptions options, IReadOnlyList<ImageFile> files, DatasetNotes notes)
        : base(folder, new ImageFiles(folder, files, options), ClassFolders.Of(files.Select(f => f.Name)), notes)
    {
        if (Count > 0) return;
        var others = notes.PassedOver.Count == 0 ? "" : $"; skipped: {notes.Reasons()}";
        throw new DatasetException($"Folder {folder} holds no image ({FileKinds.ImageEndings}){others}; give a folder that does.");
    }

    private static IEnumerable<string> Remarks(string folder, IReadOnlyList<(string Name, long Length)> images)
    {
        var folders = images.Select(i => ClassFolders.First(i.Name)).OfType<string>().Distinct().ToList();
        var alone = images.Where(i => ClassFolders.First(i.Name) is null).Select(i => i.Name).ToList();
        if (folders.Count > 0 && alone.Count > 0)
        {
            var (lie, them) = alone.Count == 1 ? ("lies", "it") : ($"and {alone.Count - 1} more images lie", "them");
            yield return $"{alone[0]} {lie} beside the folder{(folders.Count == 1 ? "" : "s")} of {folder}, so no image has a label; "
                + $"move {them} away to use folders as labels.";
        }
        if (alone.Count == 0 && folders.Count > 0 && folders.All(f => Splits.Contains(f, StringComparer.OrdinalIgnoreCase)))
        {
            yield return $"The labels of {folder} are {string.Join(" and ", folders)}, which look like splits and not like classes; "
                + $"{Path.TrimEndingDirectorySeparator(folder)}:{folders[0]} opens one.";
        }
    }
}
