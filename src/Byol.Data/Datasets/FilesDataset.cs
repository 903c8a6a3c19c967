using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Images that are files on disk, however they were found.</summary>
/// <param name="name">The name in messages.</param>
/// <param name="files">The files.</param>
/// <param name="labels">Class names, and the class of each image; null if images have none.</param>
/// <param name="notes">What its user should know.</param>
internal abstract class FilesDataset(
    string name, ImageFiles files, (IReadOnlyList<string> Classes, int[]? OfImages) labels, DatasetNotes notes) : IDataset, IDatasetDetails
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int Count => files.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => labels.Classes;

    /// <inheritdoc/>
    public DatasetNotes Notes => notes;

    /// <inheritdoc/>
    public ImageOptions Options => files.Options;

    /// <inheritdoc/>
    public Image8 Read(int index, ImageBuffer buffer) => files.Read(index, buffer);

    /// <inheritdoc/>
    public int? Label(int index) => labels.OfImages?[index];

    /// <inheritdoc/>
    public string ItemName(int index) => files.Name(index);

    /// <inheritdoc/>
    public long Size(int index) => files.Length(index);

    /// <inheritdoc/>
    public int? BitsInUse(int index) => files.BitsInUse(index);
}
