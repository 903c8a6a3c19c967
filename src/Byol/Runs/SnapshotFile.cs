using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Byol.Runs;

/// <summary>Tensors with free text in one file: safetensors, as far as a run's embeddings need it, without libtorch.</summary>
internal static class SnapshotFile
{
    private const int LongestHeader = 1 << 26;
    private const string MetadataKey = "__metadata__";

    /// <summary>A tensor of a file.</summary>
    /// <param name="Type">As safetensors calls it: F16, U8, I64.</param>
    /// <param name="Shape">Its lengths.</param>
    /// <param name="Bytes">Its elements, little-endian.</param>
    public sealed record Part(string Type, long[] Shape, ReadOnlyMemory<byte> Bytes);

    /// <summary>Writes a file.</summary>
    public static void Write(Stream stream, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<(string Name, Part Part)> parts)
    {
        var header = new Dictionary<string, object> { [MetadataKey] = metadata };
        var end = 0L;
        foreach (var (name, part) in parts)
        {
            header[name] = new { dtype = part.Type, shape = part.Shape, data_offsets = new[] { end, end + part.Bytes.Length } };
            end += part.Bytes.Length;
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var padded = json.Length + (8 - json.Length % 8) % 8;
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, padded);
        stream.Write(length);
        stream.Write(json);
        for (var i = json.Length; i < padded; i++) stream.WriteByte((byte)' ');
        foreach (var (_, part) in parts) stream.Write(part.Bytes.Span);
    }

    /// <summary>Reads the free text of a file alone.</summary>
    /// <exception cref="InvalidDataException">It is not such a file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> size = stackalloc byte[8];
        if (file.ReadAtLeast(size, 8, throwOnEndOfStream: false) < 8) throw Damaged(path);
        var length = BinaryPrimitives.ReadInt64LittleEndian(size);
        if (length is <= 1 or > LongestHeader || length > file.Length - 8) throw Damaged(path);
        var header = new byte[length];
        file.ReadExactly(header);
        try
        {
            using var json = JsonDocument.Parse(header);
            return json.RootElement.GetProperty(MetadataKey).Deserialize<Dictionary<string, string>>() ?? [];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Damaged(path);
        }
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is not such a file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static (IReadOnlyDictionary<string, string> Metadata, IReadOnlyDictionary<string, Part> Parts) Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length is > 8 and <= int.MaxValue and var size ? size : throw Damaged(path)];
        file.ReadExactly(bytes);
        var length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        if (length is <= 1 or > LongestHeader || length > bytes.Length - 8) throw Damaged(path);
        try
        {
            using var json = JsonDocument.Parse(bytes.AsMemory(8, (int)length));
            var metadata = new Dictionary<string, string>();
            var parts = new Dictionary<string, Part>();
            foreach (var entry in json.RootElement.EnumerateObject())
            {
                if (entry.Name == MetadataKey) metadata = entry.Value.Deserialize<Dictionary<string, string>>() ?? [];
                else parts[entry.Name] = Read(entry.Value, bytes.AsMemory(8 + (int)length));
            }
            return (metadata, parts);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            or ArgumentException or OverflowException)
        {
            throw Damaged(path);
        }
    }

    /// <summary>Elements as bytes. Little-endian machines alone run this.</summary>
    public static ReadOnlyMemory<byte> Bytes<T>(T[] elements) where T : struct => MemoryMarshal.AsBytes(elements.AsSpan()).ToArray();

    private static Part Read(JsonElement entry, ReadOnlyMemory<byte> data)
    {
        var shape = entry.GetProperty("shape").Deserialize<long[]>() ?? [];
        var offsets = entry.GetProperty("data_offsets").Deserialize<long[]>() ?? [];
        var (start, end) = (checked((int)offsets[0]), checked((int)offsets[1]));
        var type = entry.GetProperty("dtype").GetString() ?? "";
        var each = type switch { "F16" => 2, "I64" => 8, _ => 1 };
        if (shape.Any(n => n < 0) || shape.Aggregate((long)each, (a, n) => checked(a * n)) != end - start)
            throw new FormatException();
        return new Part(type, shape, data[start..end]);
    }

    private static InvalidDataException Damaged(string path) =>
        new($"{path} is damaged; delete it, and the run writes it again when it is resumed.");
}
