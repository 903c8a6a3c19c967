using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Byol.Data.Datasets;

/// <summary>How a pack begins: what was packed, how, and where its index lies. docs/PACK.md has the layout.</summary>
/// <param name="ShortSide">The longest short side, in pixels.</param>
/// <param name="Source">XxHash128 of the names and labels of all images of the data.</param>
/// <param name="Data">The data's name.</param>
/// <param name="Classes">Its classes.</param>
internal sealed record PackHeader(int ShortSide, UInt128 Source, string Data, IReadOnlyList<string> Classes)
{
    public const int Version = 1;

    /// <summary>Bytes before the description.</summary>
    public const int FixedLength = 128;

    private const int VersionAt = 8, LengthAt = 12, HashAt = 16, HashedFrom = 32, ShortSideAt = 32, DescriptionLengthAt = 36,
        IndexOffsetAt = 40, IndexLengthAt = 48, IndexHashAt = 64, SourceAt = 80;

    public static ReadOnlySpan<byte> Magic => "BYOLPACK"u8;

    /// <summary>Where the index begins, in bytes; 0 until the pack is finished.</summary>
    public long IndexOffset { get; init; }

    /// <summary>Bytes of the index.</summary>
    public long IndexLength { get; init; }

    /// <summary>XxHash128 of the index.</summary>
    public UInt128 IndexHash { get; init; }

    /// <summary>Describes data that is to be packed.</summary>
    public static PackHeader Of(IDataset data, int shortSide)
    {
        var hash = new XxHash128();
        Span<byte> numbers = stackalloc byte[8];
        for (var i = 0; i < data.Count; i++)
        {
            var name = Encoding.UTF8.GetBytes(data.ItemName(i));
            BinaryPrimitives.WriteInt32LittleEndian(numbers, name.Length);
            BinaryPrimitives.WriteInt32LittleEndian(numbers[4..], data.Label(i) ?? -1);
            hash.Append(numbers);
            hash.Append(name);
        }
        return new PackHeader(shortSide, hash.GetCurrentHashAsUInt128(), data.Name, data.Classes);
    }

    public byte[] ToBytes()
    {
        var description = JsonSerializer.SerializeToUtf8Bytes(new Description(Data, Classes));
        var bytes = new byte[PackRecord.Align(FixedLength + description.Length)];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(VersionAt), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(LengthAt), bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(ShortSideAt), ShortSide);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(DescriptionLengthAt), description.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(IndexOffsetAt), IndexOffset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(IndexLengthAt), IndexLength);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(IndexHashAt), IndexHash);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(SourceAt), Source);
        description.CopyTo(bytes.AsSpan(FixedLength));
        BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(HashAt), XxHash128.HashToUInt128(bytes.AsSpan(HashedFrom)));
        return bytes;
    }

    /// <summary>Reads and checks the beginning of a file.</summary>
    /// <returns>The header and its length in bytes.</returns>
    /// <exception cref="InvalidDataException">It is not a pack, is of another version, or is damaged.</exception>
    public static (PackHeader Header, int Length) Read(MappedFile file, string path)
    {
        var start = file.Window(0, (int)Math.Min(file.Length, FixedLength)).Span;
        if (!start.StartsWith(Magic))
        {
            throw new InvalidDataException(
                $"{path} is not a pack of images (it does not begin with BYOLPACK); make one with DatasetPacker.Pack.");
        }
        if (start.Length < FixedLength) throw Damaged(path, $"it has {start.Length} bytes, and its header alone has {FixedLength}");
        if (BinaryPrimitives.ReadInt32LittleEndian(start[VersionAt..]) is not Version and var version)
        {
            throw new InvalidDataException(
                $"{path} is a pack of version {version}, and only version {Version} can be read; "
                    + "pack the images again, or use the version of byol that made it.");
        }
        var length = BinaryPrimitives.ReadInt32LittleEndian(start[LengthAt..]);
        if (length < FixedLength || length > file.Length || length != PackRecord.Align(length))
            throw Damaged(path, $"its header cannot have {length} bytes");
        var bytes = file.Window(0, length).Span;
        if (XxHash128.HashToUInt128(bytes[HashedFrom..]) != BinaryPrimitives.ReadUInt128LittleEndian(bytes[HashAt..]))
            throw Damaged(path, "its header does not match its checksum");
        var described = BinaryPrimitives.ReadInt32LittleEndian(bytes[DescriptionLengthAt..]);
        if (described < 0 || described > length - FixedLength) throw Damaged(path, $"its description cannot have {described} bytes");
        var description = Parse(bytes.Slice(FixedLength, described))
            ?? throw Damaged(path, "its description is not JSON with data and classes");
        var (shortSide, source) =
            (BinaryPrimitives.ReadInt32LittleEndian(bytes[ShortSideAt..]), BinaryPrimitives.ReadUInt128LittleEndian(bytes[SourceAt..]));
        return (new PackHeader(shortSide, source, description.Data, description.Classes)
        {
            IndexOffset = BinaryPrimitives.ReadInt64LittleEndian(bytes[IndexOffsetAt..]),
            IndexLength = BinaryPrimitives.ReadInt64LittleEndian(bytes[IndexLengthAt..]),
            IndexHash = BinaryPrimitives.ReadUInt128LittleEndian(bytes[IndexHashAt..]),
        }, length);
    }

    /// <summary>Whether a file begins with this header, apart from the index, which is written last.</summary>
    public bool Begins(ReadOnlySpan<byte> file)
    {
        var own = ToBytes();
        var found = file[..Math.Min(file.Length, own.Length)].ToArray();
        foreach (var bytes in (byte[][])[own, found])
        {
            Clear(bytes, HashAt, HashedFrom);
            Clear(bytes, IndexOffsetAt, SourceAt);
        }
        return own.AsSpan().StartsWith(found);

        static void Clear(byte[] bytes, int from, int to) => bytes.AsSpan(Math.Min(from, bytes.Length)..Math.Min(to, bytes.Length)).Clear();
    }

    public static InvalidDataException Damaged(string path, string how) =>
        new($"{path} is damaged: {how}; copy it again, or make it again with DatasetPacker.Pack.");

    private static Description? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<Description>(json) is { Data: not null, Classes: not null } whole
                && !whole.Classes.Contains(null!)
                ? whole
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Description(
        [property: JsonPropertyName("data")] string Data,
        [property: JsonPropertyName("classes")] IReadOnlyList<string> Classes);
}
