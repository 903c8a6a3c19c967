using Byol.Data.Datasets;
using Byol.Data.Images;
using SkiaSharp;

namespace Byol.Tests.Images;

public sealed class ImageBufferTests
{
    [Fact]
    public void What_was_read_is_overwritten_by_the_next_read_unless_kept()
    {
        var buffer = new ImageBuffer();
        var first = ImageDecoder.Decode(Made.Png(16, 1), "first", buffer);
        var kept = buffer.Keep(first);
        ImageDecoder.Decode(Made.Png(16, 2), "second", buffer);
        Assert.Equal(Made.Image(16, 1).Pixels.ToArray(), kept.Pixels.ToArray());
        Assert.Equal(Made.Image(16, 2).Pixels.ToArray(), first.Pixels.ToArray());
        Assert.Equal(kept, buffer.Keep(kept));   // lies elsewhere: no copy
    }

    [Fact]
    public void A_smaller_image_behind_a_larger_one_has_its_own_size()
    {
        var buffer = new ImageBuffer();
        foreach (var side in (int[])[40, 3, 41, 1])
        {
            var image = ImageDecoder.Decode(Made.Png(side, side), "a", buffer);
            Assert.Equal((side, side, false), (image.Width, image.Height, image.IsReduced));
            Assert.Equal(Made.Image(side, side).Pixels.ToArray(), image.Pixels.ToArray());
        }
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("tar")]
    [InlineData("stl10")]
    public void Once_warm_datasets_read_without_allocating_pixels_or_files(string kind)
    {
        using var folder = new TemporaryFolder();
        byte[][] jpegs = [.. Enumerable.Range(0, 4)
            .Select(i => PictureFiles.Encode(Pictures.Noise(99, 80 + i, i), SKEncodedImageFormat.Jpeg))];
        IDataset data;
        if (kind == "folder")
        {
            for (var i = 0; i < 4; i++) Made.File(folder[$"images/{i}.jpg"], jpegs[i]);
            data = new ImageFolder(folder["images"]);
        }
        else if (kind == "tar")
        {
            data = new WebDataset("tar", [Made.File(folder["a.tar"], Made.Tar([.. jpegs.Select((j, i) => ($"{i}.jpg", j))]))]);
        }
        else
        {
            Made.File(folder["stl/train_X.bin"], Made.Bytes(4 * 96 * 96 * 3, 1));
            data = new Stl10("stl10", folder["stl"], "train");
        }
        var buffer = new ImageBuffer();
        for (var i = 0; i < 8; i++) data.Read(i % 4, buffer);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) data.Read(i % 4, buffer);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 0, 4096);   // names, handles and the codec's wrappers
    }

    [Fact]
    public void A_part_of_a_file_ends_with_the_file()
    {
        using var folder = new TemporaryFolder();
        using var file = File.OpenHandle(Made.File(folder["a"], [1, 2, 3, 4, 5]));
        var buffer = new ImageBuffer();
        Assert.Equal([2, 3, 4], buffer.ReadFile(file, 1, 3, "x").ToArray());
        foreach (var offset in new[] { 3, 9 })
            Assert.Contains("x cannot be read whole",
                Assert.Throws<InvalidDataException>(() => buffer.ReadFile(file, offset, 3, "x")).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(16)]
    public void Another_reduction_is_the_readers_mistake(int times) => Assert.Contains($"cannot come {times} times smaller",
        Assert.Throws<InvalidOperationException>(() => new ImageBuffer((_, _) => times).Reduction(5, 5)).Message);
}
