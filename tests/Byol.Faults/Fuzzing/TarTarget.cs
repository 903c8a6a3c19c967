using System.Formats.Tar;
using System.Text;
using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Faults.Fuzzing;

/// <summary>WebDataset archives of the four tar formats: damaged anywhere, or in a field of a header whose checksum is put right
/// again.</summary>
internal sealed class TarTarget : IFuzzTarget
{
    private const int Block = 512, ChecksumAt = 148, ChecksumLength = 8;

    // Name, mode, owner, group, size, time, type, link, magic, version, user, group's name, device, device, prefix.
    private static readonly (int At, int Length)[] Fields =
    [
        (0, 100), (100, 8), (108, 8), (116, 8), (124, 12), (136, 12), (156, 1), (157, 100), (257, 6), (263, 2), (265, 32), (297, 32),
        (329, 8), (337, 8), (345, 155)
    ];

    private static readonly string[] Values =
    [
        "", "0", "00000000000", "77777777777", "7777777", "00000001000", "00000002000", "-1", "8", " 12 ", "x", "g", "L", "K", "1", "2",
        "5", "D", "S", "\0", "../a.png", "/a.png", "a.png", "a.cls", "b.cls", "ustar", "ustar ", "40000000000", "04000000000",
        "00010000000", "30 size=1099511627776\n", "18 size=-1\n\n\n\n",
    ];

    private readonly byte[][] _seeds = [.. Enum.GetValues<TarEntryFormat>().Where(f => f != TarEntryFormat.Unknown).Select(Archive)];

    public string Name => "tar";

    public void Prepare(string folder)
    {
    }

    public FuzzInput Mutate(Random random)
    {
        var (sound, other) = (_seeds[random.Next(_seeds.Length)], _seeds[random.Next(_seeds.Length)]);
        return new FuzzInput("x.tar",
            random.Next(3) == 0 ? Mutation.Damage(random, sound, other, sound.Length) : WithFields(random, sound, other));
    }

    public void Read(string path)
    {
        using var data = new WebDataset(path, [path]);
        for (var i = 0; i < Math.Min(4, data.Count); i++)
        {
            data.ItemName(i);
            if (data.Label(i) is { } label && label >= data.Classes.Count)
                throw new InvalidOperationException($"Image {i} has label {label}.");
        }
        data.Read(0, new ImageBuffer());
    }

    public bool IsRefusal(Exception e) => e is InvalidDataException or DatasetException;

    private static byte[] WithFields(Random random, byte[] sound, byte[] other)
    {
        var bytes = random.Next(4) == 0 ? Mutation.Damage(random, sound, other, sound.Length) : sound.ToArray();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var blocks = bytes.Length / Block;
            if (blocks == 0) return bytes;
            var header = bytes.AsSpan(random.Next(blocks) * Block, Block);
            var (at, length) = Fields[random.Next(Fields.Length)];
            var field = header.Slice(at, length);
            switch (random.Next(4))
            {
                case 0: random.NextBytes(field); break;
                case 1: field[0] = (byte)random.Next(256); break;
                case 2:
                    field.Clear();   // a number in base 256
                    field[0] = (byte)(random.Next(2) == 0 ? 0x80 : 0xff);
                    random.NextBytes(field[random.Next(length)..]);
                    break;
                default:
                    var value = Encoding.ASCII.GetBytes(Values[random.Next(Values.Length)]);
                    field.Clear();
                    value.AsSpan(0, Math.Min(value.Length, length)).CopyTo(field);
                    break;
            }
            if (random.Next(8) != 0) PutChecksumRight(header);
        }
        return bytes;
    }

    private static void PutChecksumRight(Span<byte> header)
    {
        var checksum = header.Slice(ChecksumAt, ChecksumLength);
        checksum.Fill((byte)' ');
        var sum = 0;
        foreach (var b in header) sum += b;
        Encoding.ASCII.GetBytes($"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0 ").CopyTo(checksum);
    }

    private static byte[] Archive(TarEntryFormat format)
    {
        using var memory = new MemoryStream();
        using (var tar = new TarWriter(memory, format, leaveOpen: true))
        {
            var image = ImageEncoder.Png(new Image8(new byte[2 * 2 * 3], 2, 2));
            var deep = format is TarEntryFormat.V7 ? "d" : new string('d', 99) + "/e";
            foreach (var (name, content) in ((string, byte[])[])[
                ("a.png", image), ("a.cls", "3"u8.ToArray()), ($"{deep}/b.png", image), ($"{deep}/b.cls", "0"u8.ToArray())])
            {
                var data = new MemoryStream(content);
                tar.WriteEntry(format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name) { DataStream = data },
                    TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = data },
                    TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = data },
                    _ => new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = data },
                });
            }
        }
        return memory.ToArray();
    }
}
