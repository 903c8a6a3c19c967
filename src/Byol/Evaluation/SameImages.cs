using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Evaluation;

/// <summary>Whether two datasets are the same images. Their names cannot say it: names are for messages, and two datasets may share
/// one.</summary>
internal static class SameImages
{
    private const int Compared = 8;

    /// <summary>Whether they are one object, or have the same image names in the same order and the same pixels in a few of the
    /// images.</summary>
    public static bool Are(IDataset one, IDataset other)
    {
        if (ReferenceEquals(one, other)) return true;
        if (one.Count != other.Count) return false;
        if (!Enumerable.Range(0, one.Count).All(i => one.ItemName(i) == other.ItemName(i))) return false;
        var few = Math.Min(Compared, one.Count);
        return Enumerable.Range(0, few).Select(i => (int)((long)i * one.Count / few)).All(i => AreEqual(Read(one, i), Read(other, i)));
    }

    private static bool AreEqual(Image8? one, Image8? other) => one is { } a && other is { } b
        ? (a.Width, a.Height) == (b.Width, b.Height) && a.Pixels.Span.SequenceEqual(b.Pixels.Span)
        : one is null && other is null;

    private static Image8? Read(IDataset dataset, int index)
    {
        try
        {
            return dataset.Read(index);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
