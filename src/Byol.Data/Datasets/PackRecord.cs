using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>The entry of one image in a pack: in front of its pixels, and again in the index. docs/PACK.md has the layout.</summary>
/// <param name="Position">Its index in the data that was packed.</param>
/// <param name="Label">Its class, or −1.</param>
/// <param name="Width">Pixels; 0 if it could not be read.</param>
/// <param name="Height">Pixels; 0 if it could not be read.</param>
/// <param name="NameLength">Bytes of its name.</param>
/// <param name="ReasonLength">Bytes of the text that says why it could not be read.</param>
/// <param name="Hash">XxHash128 of all of the record that follows the hash.</param>
internal readonly record struct PackRecord(int Position, int Label, int Width, int Height, int NameLength, int ReasonLength, UInt128 Hash)
{
    public const int HeaderLength = 64, EntryLength = 48, HashLength = 16;
    private const int Alignment = 64, EntryFields = 8, EntryHash = 32, Unlabeled = -1;

    /// <summary>Most bytes of a record: two of them still fit a span.</summary>
    public const int Longest = 1 << 30;

    public bool IsImage => Width > 0;

    public int PixelBytes => Width * Height * Image8.Channels;

    /// <summary>Bytes of the whole record.</summary>
    public int Length => (int)Align(HeaderLength + (long)PixelBytes + NameLength + ReasonLength);

    public int? ClassIndex => Label == Unlabeled ? null : Label;

    /// <summary>Whether this can be record number <paramref name="position"/>: checked before any of the lengths is used.</summary>
    public bool IsValid(int position) =>
        Position == position && Label >= Unlabeled
        && Width >= 0 && Height >= 0 && Width > 0 == Height > 0
        && NameLength >= 0 && ReasonLength >= 0
        && Fits(Width, Height, (long)NameLength + ReasonLength);

    public static long Align(long length) => (length + Alignment - 1) / Alignment * Alignment;

    /// <summary>A record's header, from its first 64 bytes.</summary>
    public static PackRecord Read(ReadOnlySpan<byte> header) =>
        Fields(header[HashLength..], BinaryPrimitives.ReadUInt128LittleEndian(header));

    /// <summary>An entry of the index.</summary>
    public static (PackRecord Record, long Offset) ReadEntry(ReadOnlySpan<byte> entry) =>
        (Fields(entry[EntryFields..], BinaryPrimitives.ReadUInt128LittleEndian(entry[EntryHash..])),
            BinaryPrimitives.ReadInt64LittleEndian(entry));

    public void WriteEntry(Span<byte> entry, long offset)
    {
        BinaryPrimitives.WriteInt64LittleEndian(entry, offset);
        WriteFields(entry[EntryFields..]);
        BinaryPrimitives.WriteUInt128LittleEndian(entry[EntryHash..], Hash);
    }

    /// <summary>Whether a record's bytes are what was written.</summary>
    public bool Matches(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt128LittleEndian(bytes) == Hash && XxHash128.HashToUInt128(bytes[HashLength..]) == Hash;

    public string Name(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes.Slice(HeaderLength + PixelBytes, NameLength));

    public string Reason(ReadOnlySpan<byte> bytes) =>
        Encoding.UTF8.GetString(bytes.Slice(HeaderLength + PixelBytes + NameLength, ReasonLength));

    /// <summary>The whole record of an image.</summary>
    /// <exception cref="InvalidDataException">It is too large for a record.</exception>
    public static byte[] Encode(int position, int? label, string name, Image8 image)
    {
        var text = Encoding.UTF8.GetBytes(name);
        if (!Fits(image.Width, image.Height, text.Length))
        {
            throw new InvalidDataException(
                $"{name} has {image.Width} x {image.Height} pixels, more than the 1 GB of a pack's record; choose a smaller short side.");
        }
        return Build(new PackRecord(position, label ?? Unlabeled, image.Width, image.Height, text.Length, 0, 0), image.Pixels.Span, text);
    }

    /// <summary>The whole record of an image that could not be read.</summary>
    public static byte[] Encode(int position, int? label, UnreadableImage unreadable)
    {
        var (name, reason) = (Encoding.UTF8.GetBytes(unreadable.Name), Encoding.UTF8.GetBytes(unreadable.Reason));
        return Build(new PackRecord(position, label ?? Unlabeled, 0, 0, name.Length, reason.Length, 0), [], [.. name, .. reason]);
    }

    private static byte[] Build(PackRecord record, ReadOnlySpan<byte> pixels, ReadOnlySpan<byte> text)
    {
        var bytes = new byte[record.Length];
        record.WriteFields(bytes.AsSpan(HashLength));
        pixels.CopyTo(bytes.AsSpan(HeaderLength));
        text.CopyTo(bytes.AsSpan(HeaderLength + pixels.Length));
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, XxHash128.HashToUInt128(bytes.AsSpan(HashLength)));
        return bytes;
    }

    private static bool Fits(int width, int height, long text) =>
        (long)width * height <= Longest / Image8.Channels && Align(HeaderLength + (long)width * height * Image8.Channels + text) <= Longest;

    private static PackRecord Fields(ReadOnlySpan<byte> fields, UInt128 hash) =>
        new(Field(fields, 0), Field(fields, 1), Field(fields, 2), Field(fields, 3), Field(fields, 4), Field(fields, 5), hash);

    private static int Field(ReadOnlySpan<byte> fields, int number) => BinaryPrimitives.ReadInt32LittleEndian(fields[(4 * number)..]);

    private void WriteFields(Span<byte> fields)
    {
        ReadOnlySpan<int> values = [Position, Label, Width, Height, NameLength, ReasonLength];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(fields[(4 * i)..], values[i]);
    }
}
