using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Several datasets one after the other. Labels are kept where all have the same classes.</summary>
/// <param name="parts">At least one dataset.</param>
internal sealed class ConcatDataset(IReadOnlyList<IDataset> parts) : IDataset
{
    private readonly bool _labeled = parts.All(p => p.Classes.Count > 0 && p.Classes.SequenceEqual(parts[0].Classes));

    /// <inheritdoc/>
    public string Name => string.Join(",", parts.Select(p => p.Name));

    /// <inheritdoc/>
    public int Count { get; } = parts.Sum(p => p.Count);

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => _labeled ? parts[0].Classes : [];

    /// <inheritdoc/>
    public Image8 Read(int index, ImageBuffer buffer) => Find(ref index).Read(index, buffer);

    /// <inheritdoc/>
    public int? Label(int index) => _labeled ? Find(ref index).Label(index) : null;

    /// <inheritdoc/>
    public string ItemName(int index) => Find(ref index).ItemName(index);

    private IDataset Find(ref int index)
    {
        var part = 0;
        for (; index >= parts[part].Count; part++) index -= parts[part].Count;
        return parts[part];
    }
}
