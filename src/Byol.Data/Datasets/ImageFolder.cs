using System.IO.Enumeration;
using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>A folder of image files at any depth, in ordinal order of their paths. Where every image lies in a sub-folder, the first folder
/// of its path is its label.</summary>
internal sealed class ImageFolder : IDataset
{
    private readonly string _folder;
    private readonly string[] _files;    // relative, with /
    private readonly int[]? _labels;

    /// <summary>Lists the images of a folder.</summary>
    /// <param name="folder">The folder; hidden files and links to folders are skipped.</param>
    /// <exception cref="DatasetException">There is no such folder, or no image in it.</exception>
    public ImageFolder(string folder)
    {
        _folder = folder;
        if (!Directory.Exists(folder))
            throw new DatasetException($"Folder {folder} does not exist; give a folder of images, or a name from KnownDataset.All.");
        var files = Walk(folder).Where(IsRegular).Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/'));
        _files = [.. files.Order(StringComparer.Ordinal)];
        if (_files.Length == 0)
        {
            throw new DatasetException(
                $"Folder {folder} holds no image ({string.Join(", ", ImageDecoder.Extensions)}); give a folder that does.");
        }
        if (!_files.All(f => f.Contains('/', StringComparison.Ordinal))) return;
        var firsts = _files.Select(f => f[..f.IndexOf('/', StringComparison.Ordinal)]).ToList();
        Classes = [.. firsts.Distinct().Order(StringComparer.Ordinal)];
        var indices = Classes.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i);
        _labels = [.. firsts.Select(f => indices[f])];
    }

    /// <inheritdoc/>
    public string Name => _folder;

    /// <inheritdoc/>
    public int Count => _files.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; } = [];

    /// <inheritdoc/>
    public Image8 Read(int index, ImageBuffer buffer)
    {
        var file = Path.Combine(_folder, _files[index]);
        try
        {
            using var handle = File.OpenHandle(file);
            var length = RandomAccess.GetLength(handle);
            if (length > Array.MaxLength)
                throw new InvalidDataException($"{file} has {length} bytes, more than an image file may have ({Array.MaxLength}).");
            return ImageDecoder.Decode(buffer.ReadFile(handle, 0, (int)length, file), file, buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{file} cannot be read ({e.Message.TrimEnd('.')}); check its rights.", e);
        }
    }

    /// <inheritdoc/>
    public int? Label(int index) => _labels?[index];

    /// <inheritdoc/>
    public string ItemName(int index) => _files[index];

    // Links to folders could lead round in a circle; links to images are images.
    private static FileSystemEnumerable<string> Walk(string folder) => new(
        folder,
        (ref FileSystemEntry entry) => entry.ToFullPath(),
        new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
            IgnoreInaccessible = true,
        })
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && ImageDecoder.IsImage(entry.FileName.ToString()),
        ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
    };

    // A pipe named x.png would block whoever opens it: like an empty file, or a link to nothing, it has no length.
    private static bool IsRegular(string file)
    {
        try
        {
            return (File.ResolveLinkTarget(file, returnFinalTarget: true) ?? new FileInfo(file)) is FileInfo { Exists: true, Length: > 0 };
        }
        catch (IOException)
        {
            return false;   // links that lead round in a circle
        }
    }
}
