using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Tests.Images;

namespace Byol.Tests.Views;

public sealed class PreviewSheetTests
{
    private static readonly ViewOptions Options = new() { ImageSize = 16 };

    // Two groups of four tiles with a margin of 4 before each tile, 16 between the groups and 4 at the end; 17 for the headings.
    [Theory]
    [InlineData(1, 20, 212, 41)]
    [InlineData(2, 20, 212, 41)]
    [InlineData(3, 20, 212, 65)]
    [InlineData(8, 20, 212, 113)]
    [InlineData(8, 64, 564, 289)]
    [InlineData(5, 1, 60, 32)]
    public void A_sheet_has_two_images_a_row(int images, int tile, int width, int height)
    {
        var sheet = Draw([.. Enumerable.Range(0, images).Select(i => Pictures.Noise(30 + i, 40 - i))], tile);
        Assert.Equal((width, height), (sheet.Width, sheet.Height));
        Assert.Equal(width * height * 3, sheet.Pixels.Length);
    }

    [Fact]
    public void Each_image_stands_beside_its_views_on_white()
    {
        var sheet = Draw([Pictures.Constant(20, 40, 51), Pictures.Constant(20, 20, 102), Pictures.Constant(40, 20, 153)], 10);
        var drawn = Pixels(sheet, (217, 95, 2)).Concat(Pixels(sheet, (31, 95, 168))).ToHashSet();
        bool IsOutline(int x, int y) => drawn.Contains((x, y));
        int[] lefts = [4, 18, 32, 46, 76, 90, 104, 118];
        for (var y = 17; y < sheet.Height; y++)
        {
            for (var x = 0; x < sheet.Width; x++)
            {
                var (column, row) = (Array.FindIndex(lefts, l => x >= l && x < l + 10), (y - 17) % 14 < 10 ? (y - 17) / 14 : -1);
                var image = column < 0 || row < 0 ? -1 : 2 * row + column / 4;
                // The images themselves are whole, and so half of the place of the long ones is white.
                var (along, down) = (column < 0 ? 0 : x - lefts[column], (y - 17) % 14);
                if (column % 4 == 0 && (image == 0 && along is < 2 or >= 7 || image == 2 && down is < 2 or >= 7)) image = -1;
                var expected = image switch { 0 => 51, 1 => 102, 2 => 153, _ => 255 };
                if (column % 4 == 0 && IsOutline(x, y)) continue;
                for (var c = 0; c < 3; c++) Assert.Equal(expected, sheet.Pixels.Span[(y * sheet.Width + x) * 3 + c]);
            }
        }
    }

    [Fact]
    public void Where_views_are_cut_from_is_drawn_on_the_whole_image()
    {
        var image = Pictures.Constant(40, 20, 51);      // on a tile of 40 it begins 10 from the top
        ViewPlan Cut(int x, int y, int width, int height) => ViewSampler.Center(Options, 40, 20) with { Crop = new CropBox(x, y, width, height) };
        var sheet = PreviewSheet.Draw([image], [(Cut(10, 5, 20, 10), Cut(0, 0, 40, 20))], Options, 40);
        var orange = Pixels(sheet, (217, 95, 2));
        Assert.Equal((4 + 10, 17 + 10 + 5, 4 + 29, 17 + 10 + 14), Box(orange.Where(p => p.Y > 17)));
        Assert.Equal(2 * 20 + 2 * 8, orange.Count(p => p.Y > 17));
        Assert.Equal((4, 17 + 10, 4 + 39, 17 + 29), Box(Pixels(sheet, (31, 95, 168)).Where(p => p.Y > 17)));
        // Headings: v and v' in the colors of their outlines.
        Assert.All(orange.Where(p => p.Y < 17), p => Assert.InRange(p.X, 48, 88));
        Assert.Contains(Pixels(sheet, (31, 95, 168)), p => p.Y < 17 && p.X is > 92 and < 132);
    }

    private static (int, int, int, int) Box(IEnumerable<(int X, int Y)> pixels) =>
        (pixels.Min(p => p.X), pixels.Min(p => p.Y), pixels.Max(p => p.X), pixels.Max(p => p.Y));

    private static List<(int X, int Y)> Pixels(Image8 sheet, (byte, byte, byte) color) =>
    [
        .. Enumerable.Range(0, sheet.Width * sheet.Height)
            .Where(i => sheet.Pixels.Span.Slice(3 * i, 3) is [var r, var g, var b] && (r, g, b) == color)
            .Select(i => (i % sheet.Width, i / sheet.Width)),
    ];

    [Fact]
    public void No_images_make_an_empty_sheet()
    {
        var sheet = Draw([], 20);
        Assert.Equal(17, sheet.Height);
        Assert.All(sheet.Pixels.ToArray(), p => Assert.Equal(255, p));
    }

    private static Image8 Draw(Image8[] images, int tile)
    {
        var plans = images.Select(i =>
            (ViewSampler.Center(Options, i.Width, i.Height), ViewSampler.Center(Options, i.Width, i.Height))).ToArray();
        return PreviewSheet.Draw(images, plans, Options, tile);
    }
}
