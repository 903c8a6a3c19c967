using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>A dataset with something more to say.</summary>
/// <param name="inner">The dataset.</param>
/// <param name="notes">What is said before its own notes.</param>
internal sealed class Remarked(IDataset inner, DatasetNotes notes) : IDataset, IDatasetDetails
{
    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public int Count => inner.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => inner.Classes;

    /// <inheritdoc/>
    public DatasetNotes Notes { get; } = DatasetNotes.Together([notes, DatasetDetails.Of(inner).Notes]);

    /// <inheritdoc/>
    public Image8 Read(int index, ImageBuffer buffer) => inner.Read(index, buffer);

    /// <inheritdoc/>
    public int? Label(int index) => inner.Label(index);

    /// <inheritdoc/>
    public string ItemName(int index) => inner.ItemName(index);

    /// <inheritdoc/>
    public ImageOptions Options => DatasetDetails.Of(inner).Options;

    /// <inheritdoc/>
    public long Size(int index) => DatasetDetails.Of(inner).Size(index);

    /// <inheritdoc/>
    public int? BitsInUse(int index) => DatasetDetails.Of(inner).BitsInUse(index);
}
