using System.IO.Compression;
using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Faults.Fuzzing;

/// <summary>Zip files: damaged anywhere, and half of them in the directory at their end.</summary>
internal sealed class ZipTarget : IFuzzTarget
{
    private readonly byte[][] _seeds = [Archive(CompressionLevel.NoCompression), Archive(CompressionLevel.SmallestSize)];

    public string Name => "zip";

    public void Prepare(string folder)
    {
    }

    public FuzzInput Mutate(Random random)
    {
        var (sound, other) = (_seeds[random.Next(2)], _seeds[random.Next(2)]);
        if (random.Next(2) == 0) return new FuzzInput("x.zip", Mutation.Damage(random, sound, other, sound.Length));
        var directory = sound.AsSpan().IndexOf("PK\u0001\u0002"u8);
        return new FuzzInput("x.zip", [.. sound[..directory], .. Mutation.Damage(random, sound[directory..], other, sound.Length)]);
    }

    public void Read(string path)
    {
        using var data = new ZipDataset(path);
        IdxTarget.ReadAll(data);
    }

    public bool IsRefusal(Exception e) => e is InvalidDataException or DatasetException;

    private static byte[] Archive(CompressionLevel level)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            var image = ImageEncoder.Png(new Image8(new byte[2 * 2 * 3], 2, 2));
            foreach (var (name, content) in ((string, byte[])[])[
                ("a/1.png", image), ("a/1.cls", "3"u8.ToArray()), ("b/2.png", image), ("b/2.cls", "cat"u8.ToArray())])
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }
        return memory.ToArray();
    }
}
