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
