using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Tests.Images;

namespace Byol.Tests.Datasets;

/// <summary>Depth over a dataset: what is measured, and what is said. The pixels are compared in ImageDecoderTests.</summary>
public sealed class ImageDepthTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DatasetCatalog _catalog;

    public ImageDepthTests() => _catalog = new DatasetCatalog([], _folder["cache"], _folder["bundled"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Twelve_bits_in_sixteen_are_said_and_measured()
    {
        Made.File(_folder["a.png"], PillowFiles.All["png 12 bit in 16"].File);
        Made.File(_folder["b.tif"], PillowFiles.All["tiff 12 bit rgb in 16"].File);
        var dark = _catalog.Open(_folder.Path);
        Assert.Equal("a.png has 16 bits a color, of which 12 are in use, and so comes out near black; "
            + "set images.depth to 12, or to 0 to have it measured.", Assert.Single(DatasetNotes.Of(dark).Remarks));
        var measured = _catalog.Open(_folder.Path, new ImageOptions { Depth = 0 });
        Assert.Equal(12, measured.OpenedWith().Depth);
        Assert.Empty(DatasetNotes.Of(measured).Remarks);
        PillowFiles.AssertClose(PillowFiles.All["tiff 12 bit rgb in 16"].Pixels, measured.Read(1), PillowFiles.Exact);
    }

    [Fact]
    public void Images_of_8_bits_and_of_16_are_left_alone()
    {
        Made.File(_folder["a.png"], Made.Png());
        Assert.Empty(DatasetNotes.Of(_catalog.Open(_folder.Path)).Remarks);
        Assert.Equal(16, _catalog.Open(_folder.Path, new ImageOptions { Depth = 0 }).OpenedWith().Depth);
        Made.File(_folder["b.png"], PillowFiles.All["png 16 bit rgb"].File);
        Assert.Empty(DatasetNotes.Of(_catalog.Open(_folder.Path)).Remarks);
    }

    [Theory]
    [InlineData("pink", 16, "Background pink is not a color")]
    [InlineData("#12345", 16, "Background #12345")]
    [InlineData("white", 7, "Depth 7")]
    [InlineData("white", 17, "Depth 17")]
    public void What_makes_no_sense_is_refused(string background, int depth, string message)
    {
        var options = new ImageOptions { Background = background, Depth = depth };
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => _catalog.Open(_folder.Path, options)).Message);
    }
}
