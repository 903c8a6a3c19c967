using System.Buffers.Binary;
using SkiaSharp;

namespace Byol.Data.Images;

/// <summary>The EXIF orientation of a PNG (chunk eXIf of the third edition), which the codec ignores.</summary>
internal static class PngOrientation
{
    private const int Signature = 8, ChunkFrame = 12, EntrySize = 12, OrientationTag = 0x0112, ShortType = 3;

    /// <summary>Reads it; upright where the file says nothing that can be read.</summary>
    /// <param name="png">A whole file.</param>
    public static SKEncodedOrigin Read(ReadOnlySpan<byte> png)
    {
        var at = Signature;
        while (at + ChunkFrame <= png.Length)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(png[at..]);
            if (length > png.Length - at - ChunkFrame) break;
            if (png.Slice(at + 4, 4).SequenceEqual("eXIf"u8)) return OfExif(png.Slice(at + 8, (int)length));
            at += ChunkFrame + (int)length;
        }
        return SKEncodedOrigin.TopLeft;
    }

    // A TIFF header, then a directory of entries: tag, type, count, value.
    private static SKEncodedOrigin OfExif(ReadOnlySpan<byte> exif)
    {
        var little = exif.StartsWith("II*\0"u8);
        if (exif.Length < 8 || !(little || exif.StartsWith("MM\0*"u8))) return SKEncodedOrigin.TopLeft;
        var directory = little ? BinaryPrimitives.ReadUInt32LittleEndian(exif[4..]) : BinaryPrimitives.ReadUInt32BigEndian(exif[4..]);
        if (directory > exif.Length - 2) return SKEncodedOrigin.TopLeft;
        var entries = exif[((int)directory + 2)..];
        for (var left = Short(exif, (int)directory, little);
            left > 0 && entries.Length >= EntrySize;
            left--, entries = entries[EntrySize..])
        {
            if (Short(entries, 0, little) != OrientationTag || Short(entries, 2, little) != ShortType) continue;
            var value = Short(entries, 8, little);
            return value is >= 1 and <= 8 ? (SKEncodedOrigin)value : SKEncodedOrigin.TopLeft;
        }
        return SKEncodedOrigin.TopLeft;
    }

    private static int Short(ReadOnlySpan<byte> bytes, int at, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]) : BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
}
