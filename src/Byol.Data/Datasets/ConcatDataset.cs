using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Several datasets one after the other. Labels are kept if all have the same classes; names carry their source if those of two
/// datasets would clash.</summary>
internal sealed class ConcatDataset : IDataset, IDatasetDetails
{
    private readonly IReadOnlyList<IDataset> _parts;
    private readonly bool _labeled;
    private readonly string[]? _sources;

    /// <param name="parts">At least one dataset.</param>
    public ConcatDataset(IReadOnlyList<IDataset> parts)
    {
        (_parts, Count) = (parts, parts.Sum(p => p.Count));
        _labeled = parts.All(p => p.Classes.Count > 0 && p.Classes.SequenceEqual(parts[0].Classes));
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (!parts.All(p => Enumerable.Range(0, p.Count).All(i => names.Add(p.ItemName(i)))))
            _sources = SourceNames.Of([.. parts.Select(p => p.Name)]);
        var notes = DatasetNotes.Together(parts.Select(p => DatasetDetails.Of(p).Notes));
        Notes = _labeled || parts.All(p => p.Classes.Count == 0) ? notes
            : new DatasetNotes(
                notes.PassedOver, [.. notes.Remarks, $"The parts of {Name} have different classes, so no image has a label."]);
    }

    /// <inheritdoc/>
    public string Name => string.Join(",", _parts.Select(p => p.Name));

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => _labeled ? _parts[0].Classes : [];

    /// <inheritdoc/>
    public DatasetNotes Notes { get; }

    /// <inheritdoc/>
    public Image8 Read(int index, ImageBuffer buffer) => _parts[Find(ref index)].Read(index, buffer);

    /// <inheritdoc/>
    public int? Label(int index) => _labeled ? _parts[Find(ref index)].Label(index) : null;

    /// <inheritdoc/>
    public string ItemName(int index)
    {
        var part = Find(ref index);
        return _sources is null ? _parts[part].ItemName(index) : $"{_sources[part]}/{_parts[part].ItemName(index)}";
    }

    /// <inheritdoc/>
    public ImageOptions Options => DatasetDetails.Of(_parts[0]).Options;

    /// <inheritdoc/>
    public long Size(int index) => DatasetDetails.Of(_parts[Find(ref index)]).Size(index);

    /// <inheritdoc/>
    public int? BitsInUse(int index) => DatasetDetails.Of(_parts[Find(ref index)]).BitsInUse(index);

    private int Find(ref int index)
    {
        var part = 0;
        for (; index >= _parts[part].Count; part++) index -= _parts[part].Count;
        return part;
    }
}
