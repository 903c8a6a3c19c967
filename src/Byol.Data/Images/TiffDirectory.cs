using System.Buffers.Binary;

namespace Byol.Data.Images;

/// <summary>The directory of one image of a TIFF, checked before a library reads it.</summary>
/// <param name="Index">Its number in the file, from 0.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="BlockWidth">Width of a tile, or of a strip, in pixels.</param>
/// <param name="BlockHeight">Height of a tile or strip.</param>
/// <param name="Samples">Numbers a pixel.</param>
/// <param name="Bits">Bits of each.</param>
/// <param name="IsImage">Whether it is an image rather than a thumbnail or a mask of another.</param>
internal sealed record TiffDirectory(
    int Index, long Width, long Height, long BlockWidth, long BlockHeight, int Samples, int Bits, bool IsImage)
{
    private const int MostDirectories = 10_000, MostEntries = 4096;
    private const int SubfileType = 254, WidthTag = 256, HeightTag = 257, BitsTag = 258, SamplesTag = 277, RowsTag = 278,
        TileWidthTag = 322, TileHeightTag = 323, Thumbnail = 1, Mask = 4;

    private static readonly int[] Lengths = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];   // bytes of a value, by type

    /// <summary>Whether a file begins as TIFFs do, also those for more than 4 GB.</summary>
    public static bool Begins(ReadOnlySpan<byte> file) =>
        file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8) || file.StartsWith("II+\0"u8) || file.StartsWith("MM\0+"u8);

    /// <summary>All directories of a file.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="FormatException">It is not a TIFF, is cut short, or claims what its length cannot hold; the message is a
    /// clause.</exception>
    public static IReadOnlyList<TiffDirectory> All(Stream file)
    {
        var start = new byte[16];
        Read(file, 0, start.AsSpan(0, 8));
        if (!Begins(start)) throw new FormatException("it does not begin as a TIFF");
        var (little, isBig) = (start[0] == 'I', start[2] == '+' || start[3] == '+');
        if (isBig) Read(file, 0, start);
        var (all, seen) = (new List<TiffDirectory>(), new HashSet<long>());
        for (var at = Number(start.AsSpan(isBig ? 8 : 4, isBig ? 8 : 4), little); at != 0;)
        {
            if (!seen.Add(at) || all.Count == MostDirectories) throw new FormatException("its pages lead in a circle");
            (var directory, at) = One(file, at, all.Count, little, isBig);
            all.Add(directory);
        }
        return all;
    }

    // A count, entries, and where the next one is.
    private static (TiffDirectory Directory, long Next) One(Stream file, long at, int index, bool little, bool isBig)
    {
        var (countLength, entryLength, offsetLength) = isBig ? (8, 20, 8) : (2, 12, 4);
        Span<byte> word = stackalloc byte[8];
        var count = Number(Read(file, at, word[..countLength]), little);
        if (count is < 1 or > MostEntries) throw new FormatException($"a page has {count} entries");
        var entries = new byte[(int)count * entryLength];
        Read(file, at + countLength, entries);
        var values = new Dictionary<int, long>();
        for (var i = 0; i < count; i++) Note(file, entries.AsSpan(i * entryLength, entryLength), values, little, isBig);
        var next = Number(Read(file, at + countLength + entries.Length, word[..offsetLength]), little);

        long Value(int tag, long otherwise) => values.GetValueOrDefault(tag, otherwise);
        var (width, height) = (Value(WidthTag, 0), Value(HeightTag, 0));
        var kind = Value(SubfileType, 0);
        return (new TiffDirectory(index, width, height, Value(TileWidthTag, width),
            Math.Min(Value(TileHeightTag, Value(RowsTag, height)), values.ContainsKey(TileHeightTag) ? long.MaxValue : Math.Max(1, height)),
            (int)Math.Min(Value(SamplesTag, 1), int.MaxValue), (int)Math.Min(Value(BitsTag, 1), int.MaxValue),
            (kind & (Thumbnail | Mask)) == 0), next);
    }

    // Tag, type, count, and the value or where values lie. The first value alone is kept.
    private static void Note(Stream file, ReadOnlySpan<byte> entry, Dictionary<int, long> values, bool little, bool isBig)
    {
        var (tag, type) = ((int)Number(entry[..2], little), (int)Number(entry[2..4], little));
        var count = Number(isBig ? entry[4..12] : entry[4..8], little);
        var value = isBig ? entry[12..20] : entry[8..12];
        var length = type < Lengths.Length ? Lengths[type] : 0;
        if (count < 0 || (length > 0 && count > file.Length / length)) throw new FormatException($"entry {tag} claims {count} values");
        // Also values that are of no interest here must be there: tables of a JPEG, for which the library would have others.
        if (count * length > value.Length && Number(value, little) is var at && (at < 0 || at > file.Length - count * length))
            throw new FormatException("it is cut short");
        if (type is not (1 or 3 or 4 or 16) || count == 0) return;
        Span<byte> first = stackalloc byte[8];
        if (count * length > value.Length) Read(file, Number(value, little), first[..length]);
        else value[..length].CopyTo(first);
        values[tag] = Number(first[..length], little);
    }

    private static Span<byte> Read(Stream file, long at, Span<byte> bytes)
    {
        if (at < 0 || at > file.Length - bytes.Length) throw new FormatException("it is cut short");
        file.Position = at;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static long Number(ReadOnlySpan<byte> bytes, bool little) => (bytes.Length, little) switch
    {
        (1, _) => bytes[0],
        (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (2, false) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        (4, true) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (4, false) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        (_, true) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        _ => BinaryPrimitives.ReadInt64BigEndian(bytes),
    };
}
