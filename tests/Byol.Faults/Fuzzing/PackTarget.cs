using System.Buffers.Binary;
using System.IO.Hashing;
using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Faults.Fuzzing;

/// <summary>Packs: damaged anywhere, or with checksums that are put right again, so that the damage gets beyond them.</summary>
internal sealed class PackTarget : IFuzzTarget
{
    private const int HashAt = 16, HashedFrom = 32, IndexOffsetAt = 40, IndexLengthAt = 48, IndexHashAt = 64, HeaderLengthAt = 12;

    private readonly Lazy<byte[]> _sound = new(Sound);

    public string Name => "pack";

    public void Prepare(string folder)
    {
    }

    public FuzzInput Mutate(Random random)
    {
        var sound = _sound.Value;
        var bytes = Mutation.Damage(random, sound, sound, random.Next(2) == 0 ? 256 : sound.Length);
        if (random.Next(3) != 0) PutChecksumsRight(bytes, random);
        return new FuzzInput("x.byolpack", bytes);
    }

    public void Read(string path)
    {
        PackedDataset.IsPack(path);
        using var data = new PackedDataset(path);
        for (var i = 0; i < data.Count; i++) data.Label(i);
        foreach (var _ in data.Unreadable)
        {
        }
        IdxTarget.ReadAll(data);
    }

    public bool IsRefusal(Exception e) => e is InvalidDataException;

    private static void PutChecksumsRight(byte[] bytes, Random random)
    {
        if (bytes.Length < 256) return;
        var (offset, length) = (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(IndexOffsetAt)),
            BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(IndexLengthAt)));
        if (random.Next(2) == 0 && offset >= 0 && offset <= bytes.Length)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(IndexLengthAt), length = bytes.Length - offset);
        if (offset >= 0 && length >= 0 && offset <= bytes.Length - length)
            BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(IndexHashAt),
                XxHash128.HashToUInt128(bytes.AsSpan((int)offset, (int)length)));
        var header = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(HeaderLengthAt));
        if (header >= HashedFrom && header <= bytes.Length)
            BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(HashAt), XxHash128.HashToUInt128(bytes.AsSpan(HashedFrom..header)));
    }

    private static byte[] Sound()
    {
        var folder = Directory.CreateTempSubdirectory("byol-fuzz-pack-").FullName;
        try
        {
            for (var i = 0; i < 3; i++)
            {
                var image = i == 1 ? [0, 1] : ImageEncoder.Png(new Image8(new byte[(3 + i) * 4 * 3], 3 + i, 4));   // one cannot be read
                Directory.CreateDirectory(Path.Combine(folder, $"{i % 2}"));
                File.WriteAllBytes(Path.Combine(folder, $"{i % 2}", $"{i}.png"), image);
            }
            var pack = Path.Combine(folder, "x.byolpack");
            DatasetPacker.Pack(new ImageFolder(folder), pack, 8, 1, (_, _, _) => { });
            return File.ReadAllBytes(pack);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
