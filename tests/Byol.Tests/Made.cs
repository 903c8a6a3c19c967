using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Tests;

/// <summary>Small data that tests make for themselves.</summary>
internal static class Made
{
    /// <summary>Pixels that tell images apart; the same for the same seed.</summary>
    public static Image8 Image(int side, int seed)
    {
        var pixels = new byte[side * side * 3];
        new Random(seed).NextBytes(pixels);
        return new Image8(pixels, side, side);
    }

    public static byte[] Png(int side = 16, int seed = 0) => ImageEncoder.Png(Image(side, seed));

    public static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Writes a file and the folders above it.</summary>
    public static string File(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>A folder of PNGs, in a sub-folder for each class where classes are given.</summary>
    public static string Images(string folder, int count, params string[] classes)
    {
        for (var i = 0; i < count; i++)
        {
            var name = classes.Length == 0 ? "" : classes[i % classes.Length];
            File(Path.Combine(folder, name, $"{i:D4}.png"), Png(16, i));
        }
        return folder;
    }

    /// <summary>Files of the MNIST family: header, then bytes.</summary>
    public static byte[] Idx(int magic, int[] sizes, byte[] content)
    {
        var bytes = new byte[4 * (1 + sizes.Length) + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, magic);
        for (var i = 0; i < sizes.Length; i++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + 4 * i), sizes[i]);
        content.CopyTo(bytes, bytes.Length - content.Length);
        return bytes;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var zip = new GZipStream(memory, CompressionLevel.Fastest)) zip.Write(bytes);
        return memory.ToArray();
    }

    public static byte[] Tar(params (string Name, byte[] Content)[] files) => Tar(TarEntryFormat.Pax, files);

    public static byte[] Tar(TarEntryFormat format, params (string Name, byte[] Content)[] files)
    {
        using var memory = new MemoryStream();
        using (var tar = new TarWriter(memory, format, leaveOpen: true))
        {
            foreach (var (name, content) in files) tar.WriteEntry(Entry(format, name, content));
        }
        return memory.ToArray();
    }

    private static TarEntry Entry(TarEntryFormat format, string name, byte[] content)
    {
        var data = new MemoryStream(content);
        return format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name) { DataStream = data },
            TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = data },
            TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = data },
            _ => new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = data },
        };
    }

    public static byte[] Zip(CompressionLevel level, params (string Name, byte[] Content)[] files)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }
        return memory.ToArray();
    }

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Images in memory; some of them cannot be read.</summary>
    public static MemoryDataset Dataset(int count, int side = 16, params IEnumerable<int> unreadable) =>
        new([.. Enumerable.Range(0, count).Select(i => Image(side, i))], unreadable.ToHashSet());
}

/// <summary>Images in memory, labeled by the last digit of their index, that notes what is read.</summary>
internal sealed class MemoryDataset(Image8[] images, HashSet<int> unreadable) : IDataset
{
    private readonly int[] _reads = new int[images.Length];

    public IReadOnlyList<int> Reads => _reads;

    public string Name => "made";

    public int Count => images.Length;

    public IReadOnlyList<string> Classes { get; } = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    public Image8 Read(int index, ImageBuffer buffer)
    {
        Interlocked.Increment(ref _reads[index]);
        return unreadable.Contains(index) ? throw new InvalidDataException($"image {index} is broken") : images[index];
    }

    public int? Label(int index) => index % 10;

    public string ItemName(int index) => $"made/{index}";
}
