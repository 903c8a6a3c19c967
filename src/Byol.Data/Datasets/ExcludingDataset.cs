using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>A dataset without some of its images.</summary>
/// <param name="whole">The dataset; the name stays.</param>
/// <param name="leftOut">Indices to leave out.</param>
internal sealed class ExcludingDataset(IDataset whole, IEnumerable<int> leftOut) : IDataset, IDatasetDetails
{
    private readonly int[] _indices = [.. Enumerable.Range(0, whole.Count).Except(leftOut)];

    /// <inheritdoc/>
    public string Name => whole.Name;

    /// <inheritdoc/>
    public int Count => _indices.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => whole.Classes;

    /// <inheritdoc/>
    public Image8 Read(int index, ImageBuffer buffer) => whole.Read(_indices[index], buffer);

    /// <inheritdoc/>
    public int? Label(int index) => whole.Label(_indices[index]);

    /// <inheritdoc/>
    public string ItemName(int index) => whole.ItemName(_indices[index]);

    /// <inheritdoc/>
    public DatasetNotes Notes => DatasetDetails.Of(whole).Notes;

    /// <inheritdoc/>
    public ImageOptions Options => DatasetDetails.Of(whole).Options;

    /// <inheritdoc/>
    public long Size(int index) => DatasetDetails.Of(whole).Size(_indices[index]);

    /// <inheritdoc/>
    public int? BitsInUse(int index) => DatasetDetails.Of(whole).BitsInUse(_indices[index]);
}
