using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>A dataset without some of its images.</summary>
/// <param name="whole">The dataset; the name stays.</param>
/// <param name="leftOut">Indices to leave out.</param>
internal sealed class ExcludingDataset(IDataset whole, IEnumerable<int> leftOut) : IDataset
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
}
