using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Byol.TensorFiles;

/// <summary>Where a PyTorch file has its pickle and its storages: a zip archive since PyTorch 1.6, before that one pickle after the other
/// with the storages behind them.</summary>
internal static class TorchLayout
{
    /// <summary>An entry of ours that PyTorch passes over: the encoder's description.</summary>
    public const string Description = "byol.json";

    private const string Pickle = "data.pkl", ByteOrder = "byteorder", StorageFolder = "data/";
    private const int LongestDescription = 1 << 20;
    private static readonly BigInteger LegacyMagic = ((BigInteger)0x1950 << 64) + 0xa86a20f9469cfc6c;

    /// <summary>What was pickled, where the bytes of each storage lie, and the description if there is one.</summary>
    public static (object? Content, Dictionary<string, (long Start, long Size)> Storages, byte[]? Description) Read(SafeFileHandle file)
    {
        Span<byte> begin = stackalloc byte[4];
        if (RandomAccess.Read(file, begin, 0) < 4) throw new FormatException("it is shorter than 4 bytes");
        return IsZip(begin) ? ReadZip(file) : ReadLegacy(file);
    }

    public static bool IsZip(ReadOnlySpan<byte> begin) => begin.SequenceEqual("PK\u0003\u0004"u8);

    // Protocol 2, then LONG1 of ten bytes: the magic number. A safetensors file cannot begin so: its header would have 176 MB.
    public static bool IsLegacy(ReadOnlySpan<byte> begin) => begin.SequenceEqual((ReadOnlySpan<byte>)[0x80, 2, 0x8a, 10]);

    private static (object?, Dictionary<string, (long, long)>, byte[]?) ReadZip(SafeFileHandle file)
    {
        var zip = new StoredZip(file);
        // All entries lie in one folder, whose name is free.
        var pickles = zip.Entries.Keys.Where(n => n.EndsWith($"/{Pickle}", StringComparison.Ordinal) && n.Count(c => c == '/') == 1)
            .ToList();
        if (pickles is not [var pickle]) throw new FormatException($"its archive has {pickles.Count} entries {Pickle}, "
            + "where exactly one is needed");
        var folder = pickle[..^Pickle.Length];
        if (zip.Entries.ContainsKey($"{folder}constants.pkl")) throw new FormatException("it is a TorchScript program, not weights");
        if (Bytes(ByteOrder, 16) is { } order && Encoding.ASCII.GetString(order) != "little")
            throw new FormatException("its numbers are not little-endian");
        var content = new PickleReader(Bytes(Pickle, PickleReader.Longest), 0).Read();
        var storages = zip.Entries.Where(e => e.Key.StartsWith(folder + StorageFolder, StringComparison.Ordinal))
            .ToDictionary(e => e.Key[(folder.Length + StorageFolder.Length)..], e => e.Value);
        return (content, storages, Bytes(Description, LongestDescription));

        byte[]? Bytes(string name, int most)
        {
            if (!zip.Entries.TryGetValue(folder + name, out var entry)) return null;
            if (entry.Size > most) throw new FormatException($"its {name} has {entry.Size} bytes, more than {most}");
            return Load(file, entry.Start, (int)entry.Size);
        }
    }

    private static (object?, Dictionary<string, (long, long)>, byte[]?) ReadLegacy(SafeFileHandle file)
    {
        var pickles = Load(file, 0, (int)Math.Min(PickleReader.Longest, RandomAccess.GetLength(file)));
        var last = new PickleReader(pickles, 0);
        if (pickles[0] != 0x80) throw new FormatException("it is not a file that torch.save writes");
        if (last.Read() is not BigInteger magic || magic != LegacyMagic)
            throw new FormatException("it is a pickle of its own, not one of torch.save");
        if (Next() is not 1001L) throw new FormatException("it is of another version of torch.save's format");
        if (Next() is not PickledDictionary system || system.Items.GetValueOrDefault("little_endian") is not true)
            throw new FormatException("its numbers are not little-endian");
        var content = Next();
        var known = last.Storages;
        if (Next() is not List<object?> keys) throw new FormatException("its storages are not listed");

        // Each storage is its number of elements, then their bytes; how large an element is the tensors say.
        var storages = new Dictionary<string, (long, long)>();
        var at = (long)last.Position;
        foreach (var key in keys)
        {
            var count = BinaryPrimitives.ReadInt64LittleEndian(Load(file, at, 8));
            if (key is not string name || !known.TryGetValue(name, out var storage))
                throw new FormatException("it has a storage that belongs to no tensor");
            var bytes = checked(count * storage.ElementSize);
            if (count < 0 || bytes > RandomAccess.GetLength(file) - at - 8) throw new FormatException("it ends inside a storage");
            storages[name] = (at + 8, bytes);
            at += 8 + bytes;
        }
        return (content, storages, null);

        object? Next()
        {
            last = new PickleReader(pickles, last.Position);
            return last.Read();
        }
    }

    private static byte[] Load(SafeFileHandle file, long start, int count)
    {
        var bytes = new byte[count];
        for (var done = 0; done < count;)
        {
            done += RandomAccess.Read(file, bytes.AsSpan(done), start + done) is > 0 and var read ? read
                : throw new FormatException("it ends early");
        }
        return bytes;
    }
}
