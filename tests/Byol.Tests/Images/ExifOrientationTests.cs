using System.Buffers.Binary;
using Byol.Data.Images;
using SkiaSharp;

namespace Byol.Tests.Images;

public sealed class ExifOrientationTests
{
    private static readonly byte[] Intel = [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] Motorola = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];

    [Fact]
    public void Either_byte_order_is_read_before_and_behind_the_pixels()
    {
        foreach (var exif in (byte[][])[Intel, Motorola])
        {
            Assert.Equal(SKEncodedOrigin.RightTop, Read(With(exif, atEnd: false)));
            Assert.Equal(SKEncodedOrigin.RightTop, Read(With(exif, atEnd: true)));
            var image = ImageDecoder.Decode(With(exif, atEnd: false), "turned");
            Assert.Equal((5, 9), (image.Width, image.Height));
        }
        Assert.Equal(SKEncodedOrigin.TopLeft, Read(Upright()));
    }

    // Every byte of it another, every length of it: an orientation comes out, or none.
    [Fact]
    public void Damage_reads_as_some_orientation_and_never_beyond_the_end()
    {
        foreach (var exif in (byte[][])[Intel, Motorola])
        {
            for (var length = 0; length < exif.Length; length++)
                Assert.InRange((int)Read(With(exif[..length], atEnd: false)), 1, 8);
            for (var at = 0; at < exif.Length; at++)
            {
                for (var value = 0; value < 256; value++)
                {
                    var changed = exif.ToArray();
                    changed[at] = (byte)value;
                    Assert.InRange((int)Read(With(changed, atEnd: false)), 1, 8);
                }
            }
        }
        var file = With(Intel, atEnd: false);
        for (var length = 0; length < file.Length; length++) Read(file.AsSpan(0, length));
    }

    private static SKEncodedOrigin Read(ReadOnlySpan<byte> file) =>
        ExifOrientation.Read(SKEncodedImageFormat.Png, file, SKEncodedOrigin.TopLeft);

    private static byte[] Upright() => ImageEncoder.Png(new Image8(new byte[9 * 5 * 3], 9, 5));

    private static byte[] With(byte[] exif, bool atEnd)
    {
        var png = Upright();
        var at = png.AsSpan().IndexOf(atEnd ? "IEND"u8 : "IDAT"u8) - 4;
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, exif.Length);
        return [.. png[..at], .. length, .. "eXIf"u8, .. exif, 0, 0, 0, 0, .. png[at..]];
    }
}
