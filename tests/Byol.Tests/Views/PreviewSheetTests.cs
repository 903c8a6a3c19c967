using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Tests.Images;

namespace Byol.Tests.Views;

public sealed class PreviewSheetTests
{
    private static readonly ViewOptions Options = new() { ImageSize = 16 };

    // Two groups of four tiles with a margin of 4 before each tile, 16 between the groups and 4 at the end.
    [Theory]
    [InlineData(1, 20, 212, 28)]
    [InlineData(2, 20, 212, 28)]
    [InlineData(3, 20, 212, 52)]
    [InlineData(8, 20, 212, 100)]
    [InlineData(8, 64, 564, 276)]
    [InlineData(5, 1, 60, 19)]
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
        int[] lefts = [4, 18, 32, 46, 76, 90, 104, 118];
        for (var y = 0; y < sheet.Height; y++)
        {
            for (var x = 0; x < sheet.Width; x++)
            {
                var (column, row) = (Array.FindIndex(lefts, l => x >= l && x < l + 10), (y - 4) % 14 is >= 0 and < 10 ? (y - 4) / 14 : -1);
                if (y < 4) row = -1;
                var image = column < 0 || row < 0 ? -1 : 2 * row + column / 4;
                // The images themselves are whole, and so half of the place of the long ones is white.
                var (along, down) = (column < 0 ? 0 : x - lefts[column], (y - 4) % 14);
                if (column % 4 == 0 && (image == 0 && along is < 2 or >= 7 || image == 2 && down is < 2 or >= 7)) image = -1;
                var expected = image switch { 0 => 51, 1 => 102, 2 => 153, _ => 255 };
                for (var c = 0; c < 3; c++) Assert.Equal(expected, sheet.Pixels.Span[(y * sheet.Width + x) * 3 + c]);
            }
        }
    }

    [Fact]
    public void No_images_make_an_empty_sheet()
    {
        var sheet = Draw([], 20);
        Assert.Equal(4, sheet.Height);
        Assert.All(sheet.Pixels.ToArray(), p => Assert.Equal(255, p));
    }

    private static Image8 Draw(Image8[] images, int tile)
    {
        var plans = images.Select(i =>
            (ViewSampler.Center(Options, i.Width, i.Height), ViewSampler.Center(Options, i.Width, i.Height))).ToArray();
        return PreviewSheet.Draw(images, plans, Options, tile);
    }
}
