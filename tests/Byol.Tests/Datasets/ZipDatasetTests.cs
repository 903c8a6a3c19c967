using System.IO.Compression;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Tests.Images;

namespace Byol.Tests.Datasets;

public sealed class ZipDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void Images_are_read_in_place_and_folders_are_labels(CompressionLevel level)
    {
        using var data = Open(
            level, ("all/cat/0.png", Made.Png(16, 1)), ("all/dog/1.png", Made.Png(8, 2)), ("all/notes.txt", Made.Text("x")));
        Assert.Equal([("all/cat/0", 0), ("all/dog/1", 1)], Enumerable.Range(0, 2).Select(i => (data.ItemName(i), data.Label(i)!.Value)));
        Assert.Equal(["cat", "dog"], data.Classes);
        Assert.Equal(Made.Image(16, 1).Pixels.ToArray(), data.Read(0).Pixels.ToArray());
        Assert.Equal(Made.Image(8, 2).Pixels.ToArray(), data.Read(1).Pixels.ToArray());
        Assert.Equal(["x.zip"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public void Labels_beside_images_and_pages_are_read_as_in_a_tar()
    {
        using var data = Open(CompressionLevel.Fastest, ("a.tif", PictureFiles.Tiff(Made.Image(8, 1), Made.Image(9, 2))),
            ("a.cls", Made.Text("1")), ("b.png", Made.Png()), ("b.cls", Made.Text("0")), ("b.seg.png", Made.Png()));
        Assert.Equal([("a#1", 1), ("a#2", 1), ("b", 0)], Enumerable.Range(0, 3).Select(i => (data.ItemName(i), data.Label(i)!.Value)));
        Assert.Equal(Made.Image(9, 2).Pixels.ToArray(), data.Read(1).Pixels.ToArray());
    }

    [Fact]
    public void Many_threads_read_at_once()
    {
        using var data = Open(CompressionLevel.Fastest, [.. Enumerable.Range(0, 40).Select(i => ($"{i:D2}.png", Made.Png(16, i)))]);
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            Assert.True(data.Read(i % 40, new ImageBuffer()).Pixels.Span.SequenceEqual(Made.Image(16, i % 40).Pixels.Span)));
    }

    [Theory]
    [InlineData("../a.png")]
    [InlineData("/a.png")]
    [InlineData("x\\..\\..\\a.png")]
    public void Paths_that_leave_it_are_refused(string name)
    {
        var file = Zip(CompressionLevel.Fastest, (name, Made.Png()));
        Assert.Contains("leaves the archive", Assert.Throws<InvalidDataException>(() => new ZipDataset(file)).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(200)]
    public void One_that_is_cut_short_is_refused_by_name(int kept)
    {
        var whole = File.ReadAllBytes(Zip(CompressionLevel.Fastest, ("a.png", Made.Png())));
        var file = Made.File(_folder["cut.zip"], whole[..kept]);
        Assert.StartsWith(file, Assert.Throws<InvalidDataException>(() => new ZipDataset(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_image_and_one_without_images_are_named()
    {
        using var data = Open(CompressionLevel.Fastest, ("bad.png", Made.Text("no image")));
        Assert.Contains("bad", Assert.Throws<InvalidDataException>(() => data.Read(0)).Message, StringComparison.Ordinal);
        Assert.Contains("holds no image", Assert.Throws<DatasetException>(
            () => Open(CompressionLevel.Fastest, ("a.heic", [1]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_that_cannot_be_takes_no_memory()
    {
        var bytes = File.ReadAllBytes(Zip(CompressionLevel.Fastest, ("a.png", new byte[1000])));
        var central = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(central + 24), 2_000_000_000);      // its length
        var file = Made.File(_folder["bomb.zip"], bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("whose lengths cannot be", Assert.Throws<InvalidDataException>(() => new ZipDataset(file)).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 5_000_000);
    }

    private ZipDataset Open(CompressionLevel level, params (string Name, byte[] Content)[] files) => new(Zip(level, files));

    private string Zip(CompressionLevel level, params (string Name, byte[] Content)[] files) =>
        Made.File(_folder["x.zip"], Made.Zip(level, files));
}
