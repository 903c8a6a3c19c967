using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Keeps decoded images until a budget of memory is spent: small images need not be decoded again in every epoch.</summary>
/// <remarks>
/// It returns exactly the pixels that the dataset would: an image that a reader takes at a reduced scale is decoded again, so that no view
/// depends on who read it first. Only whole images are kept.
/// </remarks>
/// <param name="inner">The dataset.</param>
/// <param name="budget">The most bytes of pixels to keep.</param>
internal sealed class InMemoryCache(IDataset inner, long budget) : IDataset, IDatasetDetails
{
    private readonly Kept?[] _images = new Kept?[inner.Count];
    private long _spent;

    private sealed record Kept(Image8 Image, bool MayShrink);

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public int Count => inner.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => inner.Classes;

    /// <inheritdoc/>
    public Image8 Read(int index, ImageBuffer buffer)
    {
        var kept = Volatile.Read(ref _images[index]);
        if (kept is { MayShrink: false } || (kept is not null && WantsWhole(kept.Image))) return kept.Image;
        var image = inner.Read(index, buffer);
        if (image.IsReduced) return image;
        if (kept is not null)
            Volatile.Write(ref _images[index], kept with { MayShrink = false });   // it came whole though it need not have
        else if (Interlocked.Add(ref _spent, image.Pixels.Length) <= budget)
            Volatile.Write(ref _images[index], new Kept(buffer.Keep(image), WantsWhole(image)));
        else
            Interlocked.Add(ref _spent, -image.Pixels.Length);
        return image;

        bool WantsWhole(Image8 whole) => buffer.Reduction(whole.Width, whole.Height) == 1;
    }

    /// <inheritdoc/>
    public int? Label(int index) => inner.Label(index);

    /// <inheritdoc/>
    public string ItemName(int index) => inner.ItemName(index);

    /// <inheritdoc/>
    public DatasetNotes Notes => DatasetDetails.Of(inner).Notes;

    /// <inheritdoc/>
    public ImageOptions Options => DatasetDetails.Of(inner).Options;

    /// <inheritdoc/>
    public long Size(int index) => DatasetDetails.Of(inner).Size(index);

    /// <inheritdoc/>
    public int? BitsInUse(int index) => DatasetDetails.Of(inner).BitsInUse(index);
}
