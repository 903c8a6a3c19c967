namespace Byol.Data.Views;

/// <summary>Cuts an image into tiles, each of which becomes a view: what is small in a large image is not lost in making it small.</summary>
internal static class TileGrid
{
    /// <summary>The most tiles of an image.</summary>
    public const int Most = 256;

    /// <summary>Tiles in rows and columns that cover the whole image, none of it twice, row by row. Of all rows and columns that give this
    /// number those are taken whose tiles are nearest to squares.</summary>
    /// <param name="count">How many tiles, 1 to <see cref="Most"/>.</param>
    /// <param name="width">Width of the image in pixels.</param>
    /// <param name="height">Height of the image in pixels.</param>
    public static CropBox[] Of(int count, int width, int height)
    {
        var columns = Enumerable.Range(1, count).Where(c => count % c == 0)
            .MinBy(c => Math.Abs(Math.Log((double)width / c / ((double)height / (count / c)))));
        var rows = count / columns;
        var tiles = new CropBox[count];
        for (var i = 0; i < count; i++)
        {
            var (x, w) = Part(i % columns, columns, width);
            var (y, h) = Part(i / columns, rows, height);
            tiles[i] = new CropBox(x, y, w, h);
        }
        return tiles;
    }

    // If there are fewer pixels than parts, neighbors share one.
    private static (int Start, int Length) Part(int i, int parts, int length)
    {
        var start = Math.Min(length - 1, (int)((long)i * length / parts));
        return (start, Math.Max(1, (int)((i + 1L) * length / parts) - start));
    }
}
