using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace Byol.TensorFiles;

/// <summary>Writes tensors in the safetensors format: a length, a JSON header, then the raw little-endian data.</summary>
internal static class Safetensors
{
    internal const string MetadataKey = "__metadata__";

    internal static IReadOnlyDictionary<string, (ScalarType Type, int Size)> Types { get; } = new Dictionary<string, (ScalarType, int)>
    {
        ["F32"] = (ScalarType.Float32, 4), ["F64"] = (ScalarType.Float64, 8), ["BF16"] = (ScalarType.BFloat16, 2),
        ["F16"] = (ScalarType.Float16, 2),
        ["I64"] = (ScalarType.Int64, 8), ["I32"] = (ScalarType.Int32, 4), ["U8"] = (ScalarType.Byte, 1),
    };

    /// <summary>Writes a whole file to a stream.</summary>
    /// <param name="stream">The stream or file to write to.</param>
    /// <param name="tensors">Names and values, of any device and memory layout; written row-major in this order.</param>
    /// <param name="metadata">Free text by key.</param>
    public static void Write(Stream stream, IReadOnlyList<(string Name, Tensor Value)> tensors,
        IReadOnlyDictionary<string, string> metadata)
    {
        var header = Header(tensors, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, value) in tensors) RowMajor.Read(value, stream.Write);
    }

    private static byte[] Header(IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            foreach (var (key, value) in metadata) json.WriteString(key, value);
            json.WriteEndObject();
            var offset = 0L;
            foreach (var (name, value) in tensors)
            {
                var size = value.numel() * value.element_size();
                json.WriteStartObject(name);
                json.WriteString("dtype", Types.First(t => t.Value.Type == value.dtype).Key);
                json.WriteStartArray("shape");
                foreach (var d in value.shape) json.WriteNumberValue(d);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += size);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');   // readers map the data: keep it aligned
        return buffer.ToArray();
    }
}
