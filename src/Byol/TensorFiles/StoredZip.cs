using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Byol.TensorFiles;

/// <summary>The directory of a zip archive whose entries lie in it uncompressed, as PyTorch writes them.</summary>
/// <remarks>
/// Not <c>ZipArchive</c>: an entry that may be compressed may be a bomb, and storages are read in place. Layout by PKWARE's APPNOTE, with
/// zip64.
/// </remarks>
internal sealed class StoredZip
{
    private const int EndSize = 22, LongestComment = ushort.MaxValue, LongestDirectory = 8 << 20;
    private const uint EndMark = 0x06054b50, End64Mark = 0x06064b50, Locator64Mark = 0x07064b50, EntryMark = 0x02014b50,
        LocalMark = 0x04034b50;

    private readonly SafeFileHandle _file;
    private readonly long _length;

    /// <summary>Reads the directory.</summary>
    /// <exception cref="FormatException">It is damaged, or an entry is compressed; the message says how, in words.</exception>
    public StoredZip(SafeFileHandle file)
    {
        (_file, _length) = (file, RandomAccess.GetLength(file));
        var (count, size, start) = FindDirectory();
        if (size is < 0 or > LongestDirectory || start < 0 || start > _length - size)
            throw Damaged($"a directory of {size} bytes at byte {start}");
        ReadEntries(Read(start, (int)size), count, start);
    }

    /// <summary>Where each entry's data lie.</summary>
    public Dictionary<string, (long Start, long Size)> Entries { get; } = new(StringComparer.Ordinal);

    private (long Count, long Size, long Start) FindDirectory()
    {
        var tailStart = Math.Max(0, _length - EndSize - LongestComment);
        var tail = Read(tailStart, (int)(_length - tailStart));
        for (var at = tail.Length - EndSize; at >= 0; at--)
        {
            var end = tail.AsSpan(at);
            if (U32(end) != EndMark || U16(end[20..]) != end.Length - EndSize) continue;
            var (count, size, start) = ((long)U16(end[10..]), (long)U32(end[12..]), (long)U32(end[16..]));
            return count == ushort.MaxValue || size == uint.MaxValue || start == uint.MaxValue ? FindDirectory64(tailStart + at - 20)
                : (count, size, start);
        }
        throw Damaged("no directory at its end: it is cut short");
    }

    private (long Count, long Size, long Start) FindDirectory64(long locator)
    {
        if (locator < 0 || Read(locator, 20) is var l && U32(l) != Locator64Mark) throw Damaged("no zip64 directory");
        var end = Read(I64(l.AsSpan(8)), 56);
        return U32(end) == End64Mark ? (I64(end.AsSpan(32)), I64(end.AsSpan(40)), I64(end.AsSpan(48)))
            : throw Damaged("no zip64 directory");
    }

    private void ReadEntries(ReadOnlySpan<byte> directory, long count, long directoryStart)
    {
        for (; count > 0; count--)
        {
            if (directory.Length < 46 || U32(directory) != EntryMark) throw Damaged("its directory ends early");
            var (nameLength, extraLength, commentLength) = (U16(directory[28..]), U16(directory[30..]), U16(directory[32..]));
            if (directory.Length < 46 + nameLength + extraLength + commentLength) throw Damaged("its directory ends early");
            var name = Encoding.UTF8.GetString(directory.Slice(46, nameLength));
            var (method, flags) = (U16(directory[10..]), U16(directory[8..]));
            if (method != 0 || (flags & 1) != 0)
            {
                throw new FormatException(
                    $"entry {Printable.Of(name)} is {(method != 0 ? "compressed" : "encrypted")}, which PyTorch's files never are");
            }
            long packed = U32(directory[20..]), size = U32(directory[24..]), header = U32(directory[42..]);
            Extend(directory.Slice(46 + nameLength, extraLength), ref size, ref packed, ref header);
            if (packed != size) throw Damaged($"entry {Printable.Of(name)} of two sizes");
            if (!Entries.TryAdd(name, (DataStart(header), size))) throw Damaged($"entry {Printable.Of(name)} twice");
            directory = directory[(46 + nameLength + extraLength + commentLength)..];
        }
        if (directory.Length > 0) throw Damaged("more entries than it says");

        var end = 0L;
        foreach (var (start, size) in Entries.Values.OrderBy(e => e.Start).ThenBy(e => e.Size))
        {
            if (size < 0 || start < end || size > directoryStart - start) throw Damaged("entries that overlap or lie outside");
            end = start + size;
        }
    }

    // Only what does not fit into 32 bits stands in the zip64 field, in this order.
    private static void Extend(ReadOnlySpan<byte> extra, ref long size, ref long packed, ref long header)
    {
        for (; extra.Length >= 4; extra = extra[(4 + U16(extra[2..]))..])
        {
            var length = U16(extra[2..]);
            if (4 + length > extra.Length) throw Damaged("a field that ends early");
            if (U16(extra) != 1) continue;
            var field = extra.Slice(4, length);
            size = Long(size, ref field);
            packed = Long(packed, ref field);
            header = Long(header, ref field);
        }
    }

    private static long Long(long value, ref ReadOnlySpan<byte> field)
    {
        if (value != uint.MaxValue) return value;
        if (field.Length < 8) throw Damaged("a field that ends early");
        value = I64(field);
        field = field[8..];
        return value;
    }

    private long DataStart(long header)
    {
        var local = Read(header, 30);
        return U32(local) == LocalMark ? header + 30 + U16(local.AsSpan(26)) + U16(local.AsSpan(28))
            : throw Damaged($"no entry at byte {header}");
    }

    private byte[] Read(long start, int count)
    {
        if (start < 0 || start > _length - count) throw Damaged($"nothing at byte {start}");
        var bytes = new byte[count];
        for (var done = 0; done < count;)
            done += RandomAccess.Read(_file, bytes.AsSpan(done), start + done) is > 0 and var read ? read : throw Damaged("it ends early");
        return bytes;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static long I64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes);

    private static FormatException Damaged(string how) => new($"its zip archive is damaged ({how})");
}
