using Byol.Data.Images;
using SkiaSharp;

namespace Byol.Tests.Images;

public sealed class RgbaPixelsTests
{
    [Fact]
    public void Alpha_is_dropped_at_every_length_and_nothing_beyond_is_written()
    {
        for (var pixels = 0; pixels <= 257; pixels++)
        {
            var rgba = Made.Bytes(pixels * 4, pixels);
            var rgb = Enumerable.Repeat((byte)77, pixels * 3 + 16).ToArray();
            RgbaPixels.DropAlpha(rgba, rgb.AsSpan(0, pixels * 3));
            Assert.Equal([.. rgba.Where((_, i) => i % 4 != 3), .. Enumerable.Repeat((byte)77, 16)], rgb);
        }
    }

    // Where a picture's pixel lies in the file, by the EXIF standard: the orientation names the sides at which first row and column stand.
    [Theory]
    [InlineData(1, false, false, false)]
    [InlineData(2, false, true, false)]
    [InlineData(3, false, true, true)]
    [InlineData(4, false, false, true)]
    [InlineData(5, true, false, false)]
    [InlineData(6, true, false, true)]
    [InlineData(7, true, true, true)]
    [InlineData(8, true, true, false)]
    public void Each_orientation_of_each_size(int orientation, bool turned, bool fromRight, bool fromBelow)
    {
        foreach (var (width, height) in ((int, int)[])[(1, 1), (1, 40), (40, 1), (64, 64), (65, 130), (150, 15)])
        {
            var rgba = Made.Bytes(width * height * 4, width);
            var rgb = new byte[width * height * 3];
            RgbaPixels.Turn(rgba, width, height, (SKEncodedOrigin)orientation, rgb);
            var columns = turned ? height : width;
            for (var i = 0; i < rgb.Length; i++)
            {
                var (tx, ty) = (i / 3 % columns, i / 3 / columns);
                var (x, y) = turned ? (ty, tx) : (tx, ty);
                if (fromRight) x = width - 1 - x;
                if (fromBelow) y = height - 1 - y;
                Assert.Equal(rgba[(y * width + x) * 4 + i % 3], rgb[i]);
            }
        }
    }
}
