using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace Byol.TensorFiles;

/// <summary>A safetensors file, opened and checked; tensors are read when asked for.</summary>
internal sealed class SafetensorsFile : ITensorFile
{
    // The format allows 100 MB, but what is parsed takes many times that; that of a network of 200 layers has 0.2 MB.
    private const long LongestHeader = 8 << 20;
    private static readonly SearchValues<byte> Letters =
        SearchValues.Create([(byte)'\t', (byte)'\n', (byte)'\r', .. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (byte)c)]);
    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, Entry> _entries = [];
    private readonly Dictionary<string, string> _metadata = [];

    private sealed record Entry(ScalarType Type, long[] Shape, long Offset, long Size);

    /// <summary>Opens a file and checks its header: sizes, no gap, no overlap, nothing beyond the end.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is damaged or not of this format; the message names it.</exception>
    public SafetensorsFile(string path)
    {
        Path = path;
        _file = File.OpenHandle(path);
        try
        {
            ReadHeader();
        }
        catch (Exception e)
        {
            _file.Dispose();
            if (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
                throw Damaged($"its header cannot be read ({e.Message})");
            throw;
        }
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <inheritdoc/>
    public IEnumerable<string> Names => _entries.OrderBy(e => e.Value.Offset).Select(e => e.Key);

    /// <inheritdoc/>
    public IReadOnlyList<long> Shape(string name) => Find(name).Shape;

    /// <inheritdoc/>
    public Tensor Read(string name)
    {
        var entry = Find(name);
        var value = empty(entry.Shape, entry.Type);
        var bytes = value.bytes;
        for (var done = 0; done < bytes.Length;)
        {
            var read = RandomAccess.Read(_file, bytes[done..], entry.Offset + done);
            if (read == 0) throw Damaged("it ends early");
            done += read;
        }
        return value;
    }

    /// <summary>Copies one tensor into memory that exists already, on any device and in any layout.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="destination">A tensor of the same shape.</param>
    /// <exception cref="InvalidDataException">There is no such tensor, or its shape differs.</exception>
    public void CopyTo(string name, Tensor destination)
    {
        using var _ = no_grad();
        using var value = Read(name);
        if (!value.shape.SequenceEqual(destination.shape))
        {
            throw Damaged(
                $"tensor {name} has shape [{string.Join(',', value.shape)}] where [{string.Join(',', destination.shape)}] is needed");
        }
        destination.copy_(value);
    }

    // As a length, eight letters would be more bytes than any disk has.
    private static bool IsText(ReadOnlySpan<byte> start) => !start.ContainsAnyExcept(Letters);

    private void ReadHeader()
    {
        var size = RandomAccess.GetLength(_file);
        Span<byte> prefix = stackalloc byte[8];
        if (RandomAccess.Read(_file, prefix, 0) != 8) throw Damaged("it is shorter than 8 bytes");
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (IsText(prefix)) throw new InvalidDataException($"{Path} is text and not an encoder's file; give the weights themselves.");
        if (length is < 2 or > LongestHeader || length > size - 8) throw Damaged($"its header claims {length} bytes of {size}");
        var header = new byte[length];
        if (RandomAccess.Read(_file, header, 8) != length) throw Damaged("it ends inside its header");

        using var json = JsonDocument.Parse(header);
        foreach (var item in json.RootElement.EnumerateObject())
        {
            if (item.Name == Safetensors.MetadataKey)
            {
                foreach (var text in item.Value.EnumerateObject())
                    _metadata[text.Name] = text.Value.GetString() ?? throw Damaged($"its metadata say nothing of {text.Name}");
            }
            else if (!_entries.TryAdd(item.Name, ReadEntry(item.Name, item.Value, 8 + length)))
            {
                throw Damaged($"tensor {item.Name} occurs twice");
            }
        }

        var end = 8 + length;
        foreach (var entry in _entries.Values.OrderBy(e => e.Offset).ThenBy(e => e.Size))
        {
            if (entry.Offset != end) throw Damaged("its tensors overlap or leave a gap");
            end += entry.Size;
        }
        if (end != size) throw Damaged($"its tensors end at byte {end} of {size}");
    }

    private Entry ReadEntry(string name, JsonElement json, long dataStart)
    {
        var dtype = json.GetProperty("dtype").GetString() ?? "null";
        if (!Safetensors.Types.TryGetValue(dtype, out var type)) throw Damaged($"tensor {name} is of type {dtype}, which is not read here");
        var shape = json.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()).ToArray();
        var offsets = json.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt64()).ToArray();
        // A size of 0 hides no overflow of the others: strides are products of them too.
        var strides = shape.Aggregate(1L,
            (product, d) => checked(product * (d >= 0 ? Math.Max(1, d) : throw new FormatException($"size {d} of {name}"))));
        var elements = shape.Contains(0) ? 0 : strides;
        if (offsets is not [>= 0 and var begin, var end] || end - begin != checked(elements * type.Size))
            throw Damaged($"the size of tensor {name} does not fit its shape");
        return new Entry(type.Type, shape, dataStart + begin, end - begin);
    }

    private Entry Find(string name) => _entries.TryGetValue(name, out var entry) ? entry : throw Damaged($"it has no tensor {name}");

    private InvalidDataException Damaged(string how) => new($"{Path} is not a valid safetensors file: {how}; use another copy of it.");

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
