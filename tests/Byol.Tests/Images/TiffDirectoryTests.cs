using System.Buffers.Binary;
using Byol.Data.Images;

namespace Byol.Tests.Images;

/// <summary>What a TIFF claims is checked before it is believed.</summary>
public sealed class TiffDirectoryTests
{
    private static readonly byte[] Sound = PictureFiles.Tiff(Made.Image(8, 1), Made.Image(9, 2));

    [Fact]
    public void Pages_are_found_with_their_sizes()
    {
        var all = TiffDirectory.All(new MemoryStream(Sound));
        Assert.Equal([(0, 8L, 8L), (1, 9L, 9L)], all.Select(d => (d.Index, d.Width, d.Height)));
        Assert.All(all, d => Assert.Equal((3, 8, true), (d.Samples, d.Bits, d.IsImage)));
    }

    [Theory]
    [InlineData(1)]     // a thumbnail
    [InlineData(4)]     // a mask
    public void Thumbnails_and_masks_are_no_images(int kind)
    {
        var file = Sound.ToArray();
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(10 + 3 * 12), 254);     // compression, which is none, becomes the kind
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10 + 3 * 12 + 8), kind);
        Assert.Equal([false, true], TiffDirectory.All(new MemoryStream(file)).Select(d => d.IsImage));
    }

    [Theory]
    [InlineData(4, 8, "cut short")]                 // where the first page is: behind the end
    [InlineData(4, -1, "cut short")]
    [InlineData(118, 8, "in a circle")]       // the next page is the first
    [InlineData(8, 0, "has 0 entries")]
    public void What_cannot_be_is_refused(int at, int value, string message)
    {
        var file = at == 4 && value == 8 ? Sound[..20] : Sound.ToArray();
        if (at == 8) BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(at), (short)value);
        else BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        Assert.Contains(message, Assert.Throws<FormatException>(() => TiffDirectory.All(new MemoryStream(file))).Message);
    }

    [Theory]
    [InlineData(0, 100_000_000)]    // width
    [InlineData(1, 100_000_000)]    // height
    [InlineData(6, 60_000)]         // values a pixel
    public void Sizes_that_the_file_cannot_hold_take_no_memory(int entry, int value)
    {
        var file = PictureFiles.Tiff(Made.Image(200, 1));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10 + entry * 12 + 8), value);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.StartsWith("x.tif ", Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(file, "x.tif")).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }
}
