using System.Buffers.Binary;
using System.IO.Compression;
using Byol.Data.Images;
using SkiaSharp;

namespace Byol.Tests.Images;

/// <summary>What is refused, in which words, and at what cost; needs no oracle.</summary>
public sealed class ImageDecoderRefusalTests
{
    public static TheoryData<string, byte[]> NoImages() => new()
    {
        { "empty", [] },
        { "one byte", [0xff] },
        { "zeros", new byte[5000] },
        { "text", "This is no picture, whatever its name says."u8.ToArray() },
        { "JPEG's first bytes alone", [0xff, 0xd8, 0xff, 0xe0] },
        { "PNG's signature alone", [0x89, .. "PNG\r\n\x1a\n"u8] },
        { "GIF's signature alone", "GIF89a"u8.ToArray() },
        { "WebP's signature alone", [.. "RIFF"u8, 4, 0, 0, 0, .. "WEBP"u8] },
        { "BMP's signature alone", "BM"u8.ToArray() },
        { "PNG of no width", PngHeader(0, 10) },
        { "PNG of no height", PngHeader(10, 0) },
        { "PNG with a wrong signature", [0x88, .. ImageEncoder.Png(Pictures.Noise(5, 5)).AsSpan(1)] },
        { "WBMP, whose magic is two zeros", [0, 0, 8, 8, 1, 2, 3, 4, 5, 6, 7, 8] },
        { "ICO with a PNG in it", [0, 0, 1, 0, 1, 0, 5, 5, 0, 0, 1, 0, 32, 0, .. Icon.Length(), 22, 0, 0, 0, .. Icon.Png] },
        { "zip", "PK\x03\x04"u8.ToArray() },
        { "gzip", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(NoImages))]
    public void No_image_is_refused_by_name(string what, byte[] bytes)
    {
        var message = Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(bytes, $"folder/{what}.png")).Message;
        Assert.Equal($"folder/{what}.png is not an image that can be read (JPEG, PNG, WebP, BMP, GIF, TIFF).", message);
    }

    [Theory]
    [InlineData(30_000, 30_000)]
    [InlineData(10_001, 10_000)]
    [InlineData(1_000_000, 101)]
    public void An_image_over_the_limit_is_refused_before_anything_is_allocated(int width, int height)
    {
        var file = PngHeader(width, height);
        Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(file, "huge.png"));   // the first call pays for the codec's own start
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(file, "huge.png")).Message;
        Assert.Equal($"huge.png has {width} x {height} pixels, above the limit of 100 megapixels; shrink it first.", message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void The_limit_itself_is_allowed()
    {
        var file = ImageEncoder.Png(Pictures.Noise(20, 10));
        Assert.Equal(20, ImageDecoder.Decode(file, "a.png", new ImageBuffer(), pixelLimit: 200).Width);
        Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(file, "a.png", new ImageBuffer(), pixelLimit: 199));
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void No_length_of_a_cut_file_gives_another_exception_or_grey_pixels(SKEncodedImageFormat format)
    {
        var file = PictureFiles.Encode(Pictures.Noise(24, 24), format);
        var whole = ImageDecoder.Decode(file, "whole").Pixels.ToArray();
        for (var length = 0; length < file.Length; length++)
        {
            try
            {
                // A file that lacks only its end mark may still have all of its pixels; it must then give exactly those.
                Assert.Equal(whole, ImageDecoder.Decode(file.AsMemory(0, length), "cut").Pixels.ToArray());
                Assert.InRange(file.Length - length, 1, 20);   // PNG: two check sums and IEND
            }
            catch (InvalidDataException e)
            {
                Assert.StartsWith("cut ", e.Message);
            }
        }
    }

    [Fact]
    public void Decoding_on_many_threads_gives_what_one_gives()
    {
        var files = Enumerable.Range(0, 64).Select(i => ImageEncoder.Png(Pictures.Noise(20 + i, 30, i))).ToArray();
        Parallel.For(0, 256, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
            Assert.True(
                ImageDecoder.Decode(files[i % 64], "a").Pixels.Span.SequenceEqual(Pictures.Noise(20 + i % 64, 30, i % 64).Pixels.Span)));
    }

    [Theory]
    [InlineData("a.jpg", true)]
    [InlineData("a.JPEG", true)]
    [InlineData("x/y.z/a.Png", true)]
    [InlineData("a.webp", true)]
    [InlineData("a.bmp", true)]
    [InlineData("a.gif", true)]
    [InlineData("a.tar", false)]
    [InlineData("jpg", false)]
    [InlineData("a.jpg.txt", false)]
    [InlineData("", false)]
    public void An_image_is_known_by_its_ending(string path, bool isImage) => Assert.Equal(isImage, ImageDecoder.IsImage(path));

    private static class Icon
    {
        public static byte[] Png { get; } = ImageEncoder.Png(Pictures.Noise(5, 5));

        public static byte[] Length() => BitConverter.GetBytes(Png.Length);
    }

    /// <summary>A PNG that says its size and has no pixels.</summary>
    private static byte[] PngHeader(int width, int height)
    {
        using var stream = new MemoryStream();
        stream.Write([0x89, .. "PNG\r\n\x1a\n"u8]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        Chunk(stream, "IHDR"u8, header);
        using var idat = new MemoryStream();
        using (var zlib = new ZLibStream(idat, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(new byte[10]);
        Chunk(stream, "IDAT"u8, idat.ToArray());
        return stream.ToArray();
    }

    private static void Chunk(Stream stream, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> data)
    {
        byte[] body = [.. kind, .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        stream.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(body));
        stream.Write(number);
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = crc >> 1 ^ ((crc & 1) == 1 ? 0xEDB88320 : 0);
        }
        return ~crc;
    }
}
