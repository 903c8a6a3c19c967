using Byol.Data.Kernels;

namespace Byol.Tests.Kernels;

public sealed class LaneTests
{
    [Fact]
    public void One_float() => Check<Lane32>();

    [Fact]
    public void Four_floats() => Check<Lane128>();

    [Fact]
    public void Eight_floats() => Check<Lane256>();

    [Fact]
    public void Sixteen_floats() => Check<Lane512>();

    // Every bfloat16, and between it and the next the points where rounding turns; libtorch is asked.
    [Fact]
    public void Bfloat16_is_rounded_as_libtorch_does()
    {
        Assert.Equal(Libtorch().AsSpan(0, Whole), Stored<Lane32>().AsSpan(0, Whole));
        Assert.Equal(Libtorch().AsSpan(0, Whole), Stored<Lane128>().AsSpan(0, Whole));
        Assert.Equal(Libtorch().AsSpan(0, Whole), Stored<Lane256>().AsSpan(0, Whole));
        Assert.Equal(Libtorch().AsSpan(0, Whole), Stored<Lane512>().AsSpan(0, Whole));

        static ushort[] Stored<T>() where T : struct, ILane<T>
        {
            var (floats, stored) = (HardFloats, new ushort[HardFloats.Length]);
            for (var i = 0; i < Whole; i += T.Count) T.Load(in floats[i]).StoreBFloat16(ref stored[i]);
            return stored;
        }

        static ushort[] Libtorch()
        {
            using var floats = TorchSharp.torch.tensor(HardFloats);
            using var half = floats.to(TorchSharp.torch.ScalarType.BFloat16);
            return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(half.bytes).ToArray();
        }
    }

    private static int Whole => HardFloats.Length / 16 * 16;

    private static float[] HardFloats { get; } =
    [
        .. from upper in Enumerable.Range(0, 1 << 16)
           from lower in (uint[])[0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF]
           let value = BitConverter.UInt32BitsToSingle(((uint)upper << 16) | lower)
           where !float.IsNaN(value)
           select value,
    ];

    [Fact]
    public void Bfloat16_keeps_nan()
    {
        Assert.All(Stored<Lane32>(), IsNan);
        Assert.All(Stored<Lane128>(), IsNan);
        Assert.All(Stored<Lane256>(), IsNan);
        Assert.All(Stored<Lane512>(), IsNan);

        static ushort[] Stored<T>() where T : struct, ILane<T>
        {
            float[] hard = [float.NaN, BitConverter.UInt32BitsToSingle(0x7F800001), BitConverter.UInt32BitsToSingle(0xFFFFFFFF)];
            return [.. hard.SelectMany(value =>
            {
                var stored = new ushort[T.Count];
                T.Of(value).StoreBFloat16(ref stored[0]);
                return stored;
            })];
        }

        static void IsNan(ushort half) => Assert.True(float.IsNaN(BitConverter.UInt32BitsToSingle((uint)half << 16)));
    }

    private static void Check<T>() where T : struct, ILane<T>
    {
        float[] left = [.. Enumerable.Range(0, T.Count).Select(i => i * 0.75f - 2)];
        float[] right = [.. Enumerable.Range(0, T.Count).Select(i => i % 3 == 0 ? left[i] : 3 - i)];
        Assert.Equal(left.Zip(right, (a, b) => a + b), Floats(T.Load(in left[0]) + T.Load(in right[0])));
        Assert.Equal(left.Zip(right, (a, b) => a - b), Floats(T.Load(in left[0]) - T.Load(in right[0])));
        Assert.Equal(left.Zip(right, (a, b) => a * b), Floats(T.Load(in left[0]) * T.Load(in right[0])));
        Assert.Equal(left.Select(a => a / 3), Floats(T.Load(in left[0]) / T.Of(3)));
        Assert.Equal(left.Zip(right, (a, b) => a * b + 1), Floats(T.MultiplyAdd(T.Load(in left[0]), T.Load(in right[0]), T.Of(1))));
        Assert.Equal(left.Zip(right, Math.Min), Floats(T.Min(T.Load(in left[0]), T.Load(in right[0]))));
        Assert.Equal(left.Zip(right, Math.Max), Floats(T.Max(T.Load(in left[0]), T.Load(in right[0]))));
        Assert.Equal(left.Select(Math.Abs), Floats(T.Abs(T.Load(in left[0]))));
        Assert.Equal(left.Select(MathF.Floor), Floats(T.Floor(T.Load(in left[0]))));
        Assert.Equal(
            left.Zip(right, (a, b) => a == b ? 1f : 2f),
            Floats(T.IfEqual(T.Load(in left[0]), T.Load(in right[0]), T.Of(1), T.Of(2))));
        Assert.Equal(
            left.Zip(right, (a, b) => a >= b ? 1f : 2f),
            Floats(T.IfAtLeast(T.Load(in left[0]), T.Load(in right[0]), T.Of(1), T.Of(2))));
        Assert.Equal(left.Select(a => Math.Clamp(a, 0, 1)), Floats(T.Clip(T.Load(in left[0]))));
        Assert.Equal(left.Sum(), T.Sum(T.Load(in left[0])));

        byte[] bytes = [.. Enumerable.Range(0, T.Count).Select(i => (byte)(255 - 17 * i))];
        Assert.Equal(bytes.Select(b => (float)b), Floats(T.Load(in bytes[0])));

        ushort[] halves = [.. Enumerable.Range(0, T.Count).Select(i => (ushort)(0x3F80 + 0x4000 * (i % 2) + 37 * i))];
        Assert.Equal(halves.Select(h => BitConverter.UInt32BitsToSingle((uint)h << 16)), Floats(T.LoadBFloat16(in halves[0])));

        float[] pixels = [.. Enumerable.Range(0, 3 * T.Count).Select(i => (float)i)];
        var (red, green, blue) = T.Split(T.Load(in pixels[0]), T.Load(in pixels[T.Count]), T.Load(in pixels[2 * T.Count]));
        if (T.Count > 1)
        {
            Assert.Equal(pixels.Where((_, i) => i % 3 == 0), Floats(red));
            Assert.Equal(pixels.Where((_, i) => i % 3 == 1), Floats(green));
            Assert.Equal(pixels.Where((_, i) => i % 3 == 2), Floats(blue));
        }
        var (first, second, third) = T.Join(red, green, blue);
        Assert.Equal<float>(pixels, Floats(first).Concat(Floats(second)).Concat(Floats(third)));
    }

    private static float[] Floats<T>(T lane) where T : struct, ILane<T>
    {
        var floats = new float[T.Count];
        lane.Store(ref floats[0]);
        return floats;
    }
}
