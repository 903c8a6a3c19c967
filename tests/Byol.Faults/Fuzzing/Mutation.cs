using System.Buffers.Binary;

namespace Byol.Faults.Fuzzing;

/// <summary>Ways to damage bytes.</summary>
internal static class Mutation
{
    private const int LongestInsertion = 200;

    /// <summary>Whole numbers at which code goes wrong.</summary>
    public static IReadOnlyList<long> Boundaries { get; } =
    [
        0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 127, 128, 255, 256, 511, 512, 32767, 32768, 65535, 65536, 1 << 20, (1 << 24) - 1, 1 << 28,
        int.MaxValue - 1, int.MaxValue, 1L << 31, uint.MaxValue, 1L << 32, 1L << 40, 1L << 53, 1L << 62, long.MaxValue / 4,
        long.MaxValue - 7, long.MaxValue, -1, -2, -8, int.MinValue, long.MinValue,
    ];

    /// <summary>Damages a file in one to four ways.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="sound">The file.</param>
    /// <param name="other">Another, to splice from.</param>
    /// <param name="structure">How many of its first bytes say what follows: half of the damage is done there.</param>
    public static byte[] Damage(Random random, byte[] sound, byte[] other, int structure)
    {
        var bytes = sound.ToArray();
        for (var ways = random.Next(1, 5); ways > 0; ways--) bytes = Once(random, bytes, other, structure);
        return bytes;
    }

    private static byte[] Once(Random random, byte[] bytes, byte[] other, int structure)
    {
        if (bytes.Length == 0) return Insert(random, bytes, other, 0);
        var at = random.Next(random.Next(2) == 0 ? Math.Min(structure, bytes.Length) : bytes.Length);
        switch (random.Next(9))
        {
            case 0: return bytes[..at];
            case 1: return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, LongestInsertion))..]];
            case 2: return Insert(random, bytes, other, at);
            case 3:
                random.NextBytes(bytes.AsSpan(at, Math.Min(random.Next(1, 65), bytes.Length - at)));
                return bytes;
            case 4:
                var from = random.Next(other.Length);
                var length = Math.Min(random.Next(1, other.Length), Math.Min(other.Length - from, bytes.Length - at));
                other.AsSpan(from, length).CopyTo(bytes.AsSpan(at));
                return bytes;
            case 5 or 6:
                WriteNumber(random, bytes.AsSpan(at), Boundaries[random.Next(Boundaries.Count)]);
                return bytes;
            case 7:
                Inflate(random, bytes.AsSpan(at));
                return bytes;
            default:
                for (var flips = random.Next(1, 9); flips > 0; flips--)
                    bytes[Math.Min(bytes.Length - 1, at + random.Next(16))] ^= (byte)(1 << random.Next(8));
                return bytes;
        }
    }

    private static byte[] Insert(Random random, byte[] bytes, byte[] other, int at)
    {
        var length = random.Next(1, LongestInsertion);
        var inserted = new byte[length];
        switch (random.Next(3))
        {
            case 0: random.NextBytes(inserted); break;
            case 1: inserted.AsSpan().Fill((byte)random.Next(256)); break;
            default:
                var from = random.Next(Math.Max(1, other.Length - length));
                other.AsSpan(from, Math.Min(length, other.Length - from)).CopyTo(inserted);
                break;
        }
        return [.. bytes[..at], .. inserted, .. bytes[at..]];
    }

    // A length or count that is there already, made a little or much larger.
    private static void Inflate(Random random, Span<byte> at)
    {
        if (at.Length < 4) return;
        var bigEndian = random.Next(2) == 0;
        var value = bigEndian ? BinaryPrimitives.ReadInt32BigEndian(at) : BinaryPrimitives.ReadInt32LittleEndian(at);
        value = random.Next(4) switch
        {
            0 => value + 1,
            1 => value - 1,
            2 => unchecked(value * random.Next(2, 1000)),
            _ => value ^ (1 << random.Next(32))
        };
        if (bigEndian) BinaryPrimitives.WriteInt32BigEndian(at, value);
        else BinaryPrimitives.WriteInt32LittleEndian(at, value);
    }

    private static void WriteNumber(Random random, Span<byte> at, long value)
    {
        var bytes = BitConverter.GetBytes(value).AsSpan(0, 1 << random.Next(4));
        if (random.Next(2) == 0) bytes.Reverse();
        bytes[..Math.Min(bytes.Length, at.Length)].CopyTo(at);
    }
}
