using System.IO.Compression;
using Byol.Data.Datasets;

namespace Byol.Tests.Datasets;

public sealed class GzipFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_unpacked_goes_when_it_is_closed()
    {
        var unpacked = GzipFile.Unpack(Made.File(_folder["a"], Made.Gzip(Made.Bytes(300_000, 1))));
        var path = unpacked.Name;
        Assert.True(File.Exists(path));
        var bytes = new byte[300_000];
        unpacked.ReadExactly(bytes);
        Assert.Equal(Made.Bytes(300_000, 1), bytes);
        unpacked.Dispose();
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void What_grows_beyond_what_images_do_is_refused()
    {
        using var bomb = new MemoryStream();
        using (var zip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true)) zip.Write(new byte[64 << 20]);
        var file = Made.File(_folder["bomb.tar.gz"], bomb.ToArray());
        Assert.StartsWith($"{file} grows to more than 100 times its length",
            Assert.Throws<InvalidDataException>(() => GzipFile.Unpack(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x1f, 0x8b }, true)]
    [InlineData(new byte[] { 0x1f }, false)]
    [InlineData(new byte[] { }, false)]
    [InlineData(new byte[] { 0x50, 0x4b }, false)]
    public void A_zipped_file_is_known_by_how_it_begins(byte[] start, bool isZipped) =>
        Assert.Equal(isZipped, GzipFile.IsOne(Made.File(_folder["x"], start)));
}
