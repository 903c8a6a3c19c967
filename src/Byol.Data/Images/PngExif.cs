using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Byol.Data.Images;

/// <summary>Finds the EXIF block of a PNG: the chunk eXIf of its third edition, or else the text in which ImageMagick keeps it.</summary>
internal static class PngExif
{
    private const int Signature = 8, ChunkFrame = 12, LinesBefore = 3, LongestText = 1 << 20;

    private static ReadOnlySpan<byte> Keyword => "Raw profile type exif\0"u8;

    /// <summary>The block, or nothing.</summary>
    /// <param name="png">A whole file.</param>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> png)
    {
        ReadOnlySpan<byte> profile = default;
        for (var at = Signature; at + ChunkFrame <= png.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(png[at..]);
            if (length > png.Length - at - ChunkFrame) break;
            var kind = png.Slice(at + 4, 4);
            var data = png.Slice(at + 8, (int)length);
            if (kind.SequenceEqual("eXIf"u8)) return data;
            if (data.StartsWith(Keyword) && kind.SequenceEqual("tEXt"u8)) profile = Decoded(data[Keyword.Length..]);
            if (data.StartsWith(Keyword) && kind.SequenceEqual("zTXt"u8)) profile = Decoded(Inflated(data[Keyword.Length..]));
            at += ChunkFrame + (int)length;
        }
        return profile;
    }

    // Three lines with name and length, then hexadecimal digits.
    private static byte[] Decoded(ReadOnlySpan<byte> text)
    {
        try
        {
            return Convert.FromHexString(string.Concat(Encoding.Latin1.GetString(text).Split('\n').Skip(LinesBefore)).Trim());
        }
        catch (FormatException)
        {
            return [];
        }
    }

    // A byte for the method, which is always zlib, and at most so much as EXIF can have.
    private static ReadOnlySpan<byte> Inflated(ReadOnlySpan<byte> data)
    {
        if (data.Length < 2) return default;
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(data[1..].ToArray()), CompressionMode.Decompress);
            var text = new byte[LongestText];
            return text.AsSpan(0, zlib.ReadAtLeast(text, text.Length, throwOnEndOfStream: false));
        }
        catch (InvalidDataException)
        {
            return default;
        }
    }
}
