using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace Byol.Data.Datasets;

/// <summary>What tells the images of a dataset from others: their names in order, and the lengths of their files. Nothing is
/// read.</summary>
/// <param name="Count">The number of them.</param>
/// <param name="First">The name of the first.</param>
/// <param name="Names">XxHash128 of the names in order.</param>
/// <param name="NamesInAnyOrder">The sum of the hashes of the names.</param>
/// <param name="Sizes">XxHash128 of the lengths in order; zeros where files have none of their own.</param>
internal sealed record DatasetDigest(int Count, string First, string Names, string NamesInAnyOrder, string Sizes)
{
    /// <summary>The digest of a dataset.</summary>
    public static DatasetDigest Of(IDataset data)
    {
        var (details, names, sizes, sum) = (DatasetDetails.Of(data), new XxHash128(), new XxHash128(), UInt128.Zero);
        for (var i = 0; i < data.Count; i++)
        {
            var name = Encoding.UTF8.GetBytes(Name(data, i) + "\0");
            names.Append(name);
            sum = unchecked(sum + XxHash128.HashToUInt128(name));
            var size = details.Size(i);
            sizes.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in size)));
        }
        return new DatasetDigest(data.Count, data.Count > 0 ? Name(data, 0) : "", Text(names.GetCurrentHashAsUInt128()), Text(sum),
            Text(sizes.GetCurrentHashAsUInt128()));
    }

    /// <summary>What has changed, as a clause about the data; null if nothing is.</summary>
    /// <param name="before">The digest as it was.</param>
    public string? ChangeSince(DatasetDigest before)
    {
        if (this == before) return null;
        if (Count != before.Count)
            return string.Create(CultureInfo.InvariantCulture, $"it has {Count:N0} images and had {before.Count:N0}");
        if (Names == before.Names) return "its images have the same names, and some of their files have other lengths";
        if (NamesInAnyOrder == before.NamesInAnyOrder) return "its images have the same names in another order";
        return First == before.First ? "some of its images have other names" : $"its first image is {First} and was {before.First}";
    }

    // Known files name their images by what they were opened as, which may be written in several ways.
    private static string Name(IDataset data, int index)
    {
        var name = data.ItemName(index);
        return name.StartsWith(data.Name + "/", StringComparison.Ordinal) ? name[(data.Name.Length + 1)..] : name;
    }

    private static string Text(UInt128 hash) => hash.ToString("x32", CultureInfo.InvariantCulture);
}
