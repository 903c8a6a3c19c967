using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>A run of images of a dataset.</summary>
/// <param name="name">The name in messages.</param>
/// <param name="whole">The dataset.</param>
/// <param name="start">The first image.</param>
/// <param name="count">How many.</param>
internal sealed class Subset(string name, IDataset whole, int start, int count) : IDataset, IDatasetDetails
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int Count => count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => whole.Classes;

    /// <inheritdoc/>
    public Image8 Read(int index, ImageBuffer buffer) => whole.Read(start + index, buffer);

    /// <inheritdoc/>
    public int? Label(int index) => whole.Label(start + index);

    /// <inheritdoc/>
    public string ItemName(int index) => whole.ItemName(start + index);

    /// <inheritdoc/>
    public DatasetNotes Notes => DatasetDetails.Of(whole).Notes;

    /// <inheritdoc/>
    public ImageOptions Options => DatasetDetails.Of(whole).Options;

    /// <inheritdoc/>
    public long Size(int index) => DatasetDetails.Of(whole).Size(start + index);

    /// <inheritdoc/>
    public int? BitsInUse(int index) => DatasetDetails.Of(whole).BitsInUse(start + index);
}
