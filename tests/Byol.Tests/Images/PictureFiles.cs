using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Byol.Data.Images;
using SkiaSharp;

namespace Byol.Tests.Images;

/// <summary>Files of made-up pictures, of every format that is read here.</summary>
internal static class PictureFiles
{
    public static byte[] Encode(Image8 image, SKEncodedImageFormat format, int quality = 90)
    {
        var rgba = new byte[image.Width * image.Height * 4];
        for (var i = 0; i < rgba.Length; i++) rgba[i] = i % 4 == 3 ? (byte)255 : image.Pixels.Span[i / 4 * 3 + i % 4];
        using var bitmap = new SKBitmap(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Marshal.Copy(rgba, 0, bitmap.GetPixels(), rgba.Length);
        using var data = bitmap.Encode(format, quality);
        return data.ToArray();
    }

    /// <summary>One file of each format.</summary>
    public static byte[][] OfEveryFormat(Image8 image) =>
        [Encode(image, SKEncodedImageFormat.Jpeg), ImageEncoder.Png(image), Encode(image, SKEncodedImageFormat.Webp), Bmp(image),
         Gif(image), Tiff(image)];

    /// <summary>24 bits a pixel, rows from the bottom.</summary>
    public static byte[] Bmp(Image8 image)
    {
        var stride = (image.Width * 3 + 3) / 4 * 4;
        var file = new byte[54 + stride * image.Height];
        (file[0], file[1], file[10], file[14], file[26], file[28]) = ((byte)'B', (byte)'M', 54, 40, 1, 24);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), image.Width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), image.Height);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            var (x, y, c) = (i / 3 % image.Width, i / 3 / image.Width, i % 3);
            file[54 + (image.Height - 1 - y) * stride + 3 * x + 2 - c] = image.Pixels.Span[i];
        }
        return file;
    }

    /// <summary>128 grays of the red channel. The table is cleared before codes grow beyond a byte: each byte of data is a code.</summary>
    public static byte[] Gif(Image8 image)
    {
        const byte Clear = 128, End = 129;
        using var file = new MemoryStream();
        file.Write("GIF89a"u8);
        file.Write([(byte)image.Width, 0, (byte)image.Height, 0, 0xf6, 0, 0]);
        for (var i = 0; i < 128; i++) file.Write([(byte)(2 * i), (byte)(2 * i), (byte)(2 * i)]);
        file.Write([0x2c, 0, 0, 0, 0, (byte)image.Width, 0, (byte)image.Height, 0, 0, 7]);
        foreach (var block in image.Pixels.ToArray().Where((_, i) => i % 3 == 0).Select(v => (byte)(v / 2)).Chunk(100))
            file.Write([(byte)(block.Length + 1), Clear, .. block]);
        file.Write([1, End, 0, 0x3b]);
        return file.ToArray();
    }

    /// <summary>Pages of plain RGB, each in one strip.</summary>
    public static byte[] Tiff(params Image8[] pages)
    {
        using var file = new MemoryStream();
        file.Write([.. "II*\0"u8, 8, 0, 0, 0]);
        for (var page = 0; page < pages.Length; page++)
        {
            var image = pages[page];
            (int Tag, int Type, int Value)[] entries =
            [
                (256, 4, image.Width), (257, 4, image.Height), (258, 3, 8), (259, 3, 1), (262, 3, 2),
                (273, 4, (int)file.Position + 2 + 9 * 12 + 4), (277, 3, 3), (278, 4, image.Height), (279, 4, image.Pixels.Length),
            ];
            file.Write([9, 0]);
            foreach (var (tag, type, value) in entries)
                file.Write([(byte)tag, (byte)(tag >> 8), (byte)type, 0, 1, 0, 0, 0, .. BitConverter.GetBytes(value)]);
            var next = page + 1 < pages.Length ? (int)file.Position + 4 + image.Pixels.Length : 0;
            file.Write(BitConverter.GetBytes(next));
            file.Write(image.Pixels.Span);
        }
        return file.ToArray();
    }
}
