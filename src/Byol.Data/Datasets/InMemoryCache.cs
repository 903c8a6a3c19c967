using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Keeps decoded images until a budget of memory is spent: small images need not be decoded again in every epoch.</summary>
/// <param name="inner">The dataset.</param>
/// <param name="budget">Most bytes of pixels to keep.</param>
public sealed class InMemoryCache(IDataset inner, long budget) : IDataset
{
    private readonly object?[] _images = new object?[inner.Count];   // boxed Image8
    private long _spent;

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public int Count => inner.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => inner.Classes;

    /// <inheritdoc/>
    public Image8 Read(int index)
    {
        if (Volatile.Read(ref _images[index]) is Image8 kept) return kept;
        var image = inner.Read(index);
        if (Interlocked.Add(ref _spent, image.Pixels.Length) <= budget) Volatile.Write(ref _images[index], image);
        else Interlocked.Add(ref _spent, -image.Pixels.Length);
        return image;
    }

    /// <inheritdoc/>
    public int? Label(int index) => inner.Label(index);

    /// <inheritdoc/>
    public string ItemName(int index) => inner.ItemName(index);
}
