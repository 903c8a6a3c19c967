using System.Buffers.Binary;
using System.IO.Compression;
using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Faults.Fuzzing;

/// <summary>TIFFs of the kinds that take different ways: damaged anywhere, or in a field of a directory.</summary>
internal sealed class TiffTarget : IFuzzTarget
{
    private const int Side = 12, Start = 8, EntryLength = 12;
    private const long PixelLimit = 100_000;

    private static readonly int[] Tags =
    [
        254, 256, 257, 258, 259, 262, 266, 270, 273, 274, 277, 278, 279, 284, 297, 317, 320, 322, 323, 324, 325, 330, 338, 339, 347, 529,
        530, 532,
    ];

    private static readonly int[] Compressions = [1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 32908, 34676, 34677];

    private readonly byte[][] _seeds =
    [
        Plain(2, 3, 8, 1), Plain(1, 1, 8, 1), Plain(1, 1, 16, 1), Plain(2, 4, 16, 8), Plain(5, 4, 8, 8), Plain(0, 1, 1, 1),
        Plain(3, 1, 8, 1), Plain(6, 3, 8, 1), Plain(2, 3, 8, 8), Plain(1, 2, 8, 1),
    ];

    public string Name => "tiff";

    public void Prepare(string folder)
    {
    }

    public FuzzInput Mutate(Random random)
    {
        var (sound, other) = (_seeds[random.Next(_seeds.Length)], _seeds[random.Next(_seeds.Length)]);
        return new FuzzInput(
            "x.tif", random.Next(3) == 0 ? Mutation.Damage(random, sound, other, sound.Length) : WithFields(random, sound));
    }

    public void Read(string path)
    {
        using (var file = File.OpenRead(path)) TiffPages.Count(file);
        var bytes = File.ReadAllBytes(path);
        var image = ImageDecoder.Decode(bytes, path, new ImageBuffer(), new ImageOptions(), PixelLimit);
        if (image.Pixels.Length != image.Width * image.Height * Image8.Channels)
            throw new InvalidOperationException($"The image has {image.Pixels.Length} bytes.");
        ImageDecoder.BitsInUse(bytes);
    }

    public bool IsRefusal(Exception e) => e is InvalidDataException;

    // An entry of the directory gets another tag, type, count or value.
    private static byte[] WithFields(Random random, byte[] sound)
    {
        var bytes = sound.ToArray();
        var entries = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(Start));
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var entry = bytes.AsSpan(Start + 2 + random.Next(entries) * EntryLength, EntryLength);
            var number = (uint)Mutation.Boundaries[random.Next(Mutation.Boundaries.Count)];
            switch (random.Next(5))
            {
                case 0: BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)Tags[random.Next(Tags.Length)]); break;
                case 1: BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], (ushort)random.Next(20)); break;
                case 2: BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], random.Next(2) == 0 ? number : (uint)random.Next(16)); break;
                case 3:
                    BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], random.Next(2) == 0 ? number : (uint)random.Next(2 * Side));
                    break;
                default: BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], (uint)Compressions[random.Next(Compressions.Length)]); break;
            }
        }
        return bytes;
    }

    private static byte[] Plain(int photometric, int samples, int bits, int compression)
    {
        var pixels = new byte[(Side * samples * bits + 7) / 8 * Side];
        new Random(photometric + samples + bits).NextBytes(pixels);
        var strip = compression == 8 ? Deflated(pixels) : pixels;
        (int Tag, int Type, int Count, int Value)[] entries =
        [
            (256, 4, 1, Side), (257, 4, 1, Side), (258, 3, 1, bits), (259, 3, 1, compression), (262, 3, 1, photometric), (273, 4, 1, 0),
            (274, 3, 1, 1), (277, 3, 1, samples), (278, 4, 1, Side), (279, 4, 1, strip.Length), (284, 3, 1, 1), (317, 3, 1, 1),
            (320, 3, 3 * 256, 0), (338, 3, 1, 2),
        ];
        using var file = new MemoryStream();
        file.Write([.. "II*\0"u8, Start, 0, 0, 0, (byte)entries.Length, 0]);
        var colors = Start + 2 + entries.Length * EntryLength + 4;
        foreach (var (tag, type, count, value) in entries)
        {
            file.Write([(byte)tag, (byte)(tag >> 8), (byte)type, 0]);
            file.Write(BitConverter.GetBytes(count));
            file.Write(BitConverter.GetBytes(tag switch { 273 => colors + 1536, 320 => colors, _ => value }));
        }
        file.Write(new byte[4 + 1536]);
        file.Write(strip);
        return file.ToArray();
    }

    private static byte[] Deflated(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZLibStream(memory, CompressionLevel.Fastest, leaveOpen: true)) zip.Write(bytes);
        return memory.ToArray();
    }
}
