using System.Text;
using Byol.Data.Images;

namespace Byol.Tests.Images;

/// <summary>Formats that are known and not read are named as what they are, whatever their files are called.</summary>
public sealed class ForeignFormatTests
{
    [Theory]
    [InlineData("\0\0\0\u001cftypavif\0\0\0\0", "AVIF")]
    [InlineData("\0\0\0\u0018ftypheic\0\0\0\0", "HEIC")]
    [InlineData("\0\0\0\u0018ftypmif1\0\0\0\0", "HEIC")]
    [InlineData("\0\0\0\u0018ftypisom\0\0\0\0", "a video")]
    [InlineData("\u00ff\u000a\0\0", "JPEG XL")]
    [InlineData("\0\0\0\u000cJXL \r\n\u0087\n", "JPEG XL")]
    [InlineData("\u0089PNG\r\n\u001a\n\0\0\0\u0004CgBI0000", "CgBI")]
    [InlineData("8BPS\0\u0001", "Photoshop")]
    [InlineData("%PDF-1.7", "PDF")]
    [InlineData("P6\n2 2\n255\n", "PNM")]
    [InlineData("<!DOCTYPE html><html>404</html>", "web page")]
    [InlineData("<svg xmlns=\"\">", "SVG")]
    public void It_is_named_with_what_to_do(string file, string name)
    {
        var message = Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(Encoding.Latin1.GetBytes(file), "photo.jpg")).Message;
        Assert.StartsWith("photo.jpg is ", message, StringComparison.Ordinal);
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.EndsWith("which is not read; convert it to JPEG or PNG.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_read_is_not_foreign() => Assert.All(PillowFiles.All, file => Assert.Null(ForeignFormat.Describe(file.Value.File)));
}
