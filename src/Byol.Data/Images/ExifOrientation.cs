using System.Buffers.Binary;
using SkiaSharp;

namespace Byol.Data.Images;

/// <summary>The EXIF orientation of a file, where the codec does not give it: in PNG (chunk eXIf, and ImageMagick's raw profile), and as a
/// long number, which some cameras write, in JPEG and WebP.</summary>
internal static class ExifOrientation
{
    private const int EntrySize = 12, OrientationTag = 0x0112, ShortType = 3, LongType = 4, SignedShortType = 8, SignedLongType = 9;
    private const byte Marker = 0xff, App1 = 0xe1, StartOfScan = 0xda;

    /// <summary>Reads it; upright where the file says nothing that can be read.</summary>
    /// <param name="format">What the file is.</param>
    /// <param name="file">A whole file.</param>
    /// <param name="byCodec">What the codec says.</param>
    public static SKEncodedOrigin Read(SKEncodedImageFormat format, ReadOnlySpan<byte> file, SKEncodedOrigin byCodec) => format switch
    {
        SKEncodedImageFormat.Png => Of(PngExif.Find(file)),
        SKEncodedImageFormat.Jpeg when byCodec == SKEncodedOrigin.TopLeft => Of(InJpeg(file)),
        SKEncodedImageFormat.Webp when byCodec == SKEncodedOrigin.TopLeft => Of(InWebp(file)),
        _ => byCodec,
    };

    /// <summary>The orientation that an EXIF block says: a TIFF header, then a directory of entries of tag, type, count, value.</summary>
    /// <param name="exif">The block, perhaps behind "Exif" and two zeros.</param>
    public static SKEncodedOrigin Of(ReadOnlySpan<byte> exif)
    {
        if (exif.StartsWith("Exif\0\0"u8)) exif = exif[6..];
        var little = exif.StartsWith("II*\0"u8);
        if (exif.Length < 8 || !(little || exif.StartsWith("MM\0*"u8))) return SKEncodedOrigin.TopLeft;
        var directory = Long(exif, 4, little);
        if (directory > exif.Length - 2) return SKEncodedOrigin.TopLeft;
        var entries = exif[((int)directory + 2)..];
        for (var left = Short(exif, (int)directory, little);
            left > 0 && entries.Length >= EntrySize;
            left--, entries = entries[EntrySize..])
        {
            if (Short(entries, 0, little) != OrientationTag) continue;
            var value = Short(entries, 2, little) switch
            {
                ShortType or SignedShortType => (uint)Short(entries, 8, little),
                LongType or SignedLongType => Long(entries, 8, little),
                _ => 0u,
            };
            if (value is >= 1 and <= 8) return (SKEncodedOrigin)value;
        }
        return SKEncodedOrigin.TopLeft;
    }

    // Segments of a marker, a length that counts itself, and content, up to the pixels.
    private static ReadOnlySpan<byte> InJpeg(ReadOnlySpan<byte> file)
    {
        for (var at = 2; at + 4 <= file.Length && file[at] == Marker && file[at + 1] != StartOfScan;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (length < 2 || at + 2 + length > file.Length) break;
            var content = file.Slice(at + 4, length - 2);
            if (file[at + 1] == App1 && content.StartsWith("Exif\0\0"u8)) return content;
            at += 2 + length;
        }
        return default;
    }

    private static ReadOnlySpan<byte> InWebp(ReadOnlySpan<byte> file)
    {
        for (long at = 12; at + 8 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(file[((int)at + 4)..]);
            if (length > file.Length - at - 8) break;
            if (file.Slice((int)at, 4).SequenceEqual("EXIF"u8)) return file.Slice((int)at + 8, (int)length);
            at += 8 + length + length % 2;
        }
        return default;
    }

    private static int Short(ReadOnlySpan<byte> bytes, int at, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]) : BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    private static uint Long(ReadOnlySpan<byte> bytes, int at, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]) : BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
}
