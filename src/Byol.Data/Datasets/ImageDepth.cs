namespace Byol.Data.Datasets;

/// <summary>How many bits the colors of 16-bit images use: cameras write 12 bits into files of 16, which then come out near
/// black.</summary>
internal static class ImageDepth
{
    private const int Measured = 16, Looked = 4, Dark = 14;

    /// <summary>The bits that the 16-bit images of a dataset use, by some of them spread over it; 16 if there are none.</summary>
    public static int Of(IDataset data) => Bits(data, Measured) is { Count: > 0 } bits ? bits.Max(b => b.Bits) : 16;

    /// <summary>A remark where 16-bit images come out dark; null otherwise.</summary>
    public static string? Remark(IDataset data)
    {
        if (DatasetDetails.Of(data).Options.Depth < 16) return null;
        var found = Bits(data, Looked);
        if (found.Count == 0) return null;
        var most = found.Max(b => b.Bits);
        return most > Dark ? null
            : $"{data.ItemName(found[0].Index)} has 16 bits a color, of which {most} are in use, and so comes out "
                + $"{(most <= 12 ? "near black" : "dark")}; set images.depth to {most}, or to 0 to have it measured.";
    }

    private static List<(int Index, int Bits)> Bits(IDataset data, int count)
    {
        var (details, found) = (DatasetDetails.Of(data), new List<(int, int)>());
        var few = Math.Min(count, data.Count);
        for (var i = 0; i < few; i++)
        {
            var index = (int)((long)i * data.Count / few);
            try
            {
                if (details.BitsInUse(index) is { } bits) found.Add((index, bits));
            }
            catch (InvalidDataException)
            {
                continue;   // the reader reports it
            }
        }
        return found;
    }
}
