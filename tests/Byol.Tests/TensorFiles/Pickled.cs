using System.IO.Compression;

namespace Byol.Tests.TensorFiles;

/// <summary>Pickles and PyTorch files byte by byte, the hostile ones too.</summary>
internal static class Pickled
{
    /// <summary>Opcodes as text, with \xNN for a byte.</summary>
    public static byte[] Bytes(string opcodes)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < opcodes.Length; i += opcodes[i] == '\\' ? 4 : 1)
        {
            if (opcodes[i] == '\\') bytes.Add(Convert.ToByte(opcodes.Substring(i + 2, 2), 16));
            else bytes.Add((byte)opcodes[i]);
        }
        return [.. bytes];
    }

    /// <summary>BINUNICODE.</summary>
    public static string Text(string text) => $"X\\x{text.Length:x2}\\x00\\x00\\x00{text}";

    /// <summary>A dictionary of one fp32 tensor.</summary>
    public static string Tensor(
        string storage = "torch\nFloatStorage", string key = "0", long count = 6, long offset = 0,
        string shape = "K\\x02K\\x03", string strides = "K\\x03K\\x01", string name = "a") =>
        $"\\x80\\x02}}{Text(name)}ctorch._utils\n_rebuild_tensor_v2\n"
        + $"(({Text("storage")}c{storage}\n{Text(key)}{Text("cpu")}{Number(count)}tQ"
        + $"{Number(offset)}({shape}t({strides}t\\x89)tRs.";

    /// <summary>A dictionary of contiguous tensors that all lie at the beginning of one storage.</summary>
    public static string Shared(IEnumerable<(string Name, long[] Shape)> tensors, long count) =>
        $"\\x80\\x02}}({string.Concat(tensors.Select(t => Item(t.Name, t.Shape)))}u.".Replace("COUNT", Number(count),
            StringComparison.Ordinal);

    private static string Item(string name, long[] shape)
    {
        var strides = shape.Select((_, i) => shape[(i + 1)..].Aggregate(1L, (product, d) => product * d));
        return Tensor(shape: string.Concat(shape.Select(Number)), strides: string.Concat(strides.Select(Number)),
            name: name)["\\x80\\x02}".Length..^2]
            .Replace(Number(6), "COUNT", StringComparison.Ordinal);
    }

    public static string Number(long value) => $"\\x8a\\x08{string.Concat(BitConverter.GetBytes(value).Select(b => $"\\x{b:x2}"))}";

    public static byte[] File(string opcodes, params (string Name, byte[] Content)[] entries) =>
        Zip(CompressionLevel.NoCompression, opcodes, entries);

    public static byte[] Zip(CompressionLevel level, string opcodes, params (string Name, byte[] Content)[] entries)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries.Prepend(("data.pkl", Bytes(opcodes))))
            {
                using var stream = zip.CreateEntry($"a/{name}", level).Open();
                stream.Write(content);
            }
        }
        return memory.ToArray();
    }
}
