using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Tests;

/// <summary>Notes how small each image came, and what its thread had allocated; for one thread.</summary>
internal sealed class NotedDataset(IDataset inner) : IDataset
{
    public List<(int Index, int Times)> Reads { get; } = new(1000);

    public List<long> Allocated { get; } = new(1000);

    public string Name => inner.Name;

    public int Count => inner.Count;

    public IReadOnlyList<string> Classes => inner.Classes;

    public Image8 Read(int index, ImageBuffer buffer)
    {
        Allocated.Add(GC.GetAllocatedBytesForCurrentThread());
        var image = inner.Read(index, buffer);
        Reads.Add((index, (int)Math.Round((double)image.SourceWidth / image.Width)));
        return image;
    }

    public int? Label(int index) => inner.Label(index);

    public string ItemName(int index) => inner.ItemName(index);
}
