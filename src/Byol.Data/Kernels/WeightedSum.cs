using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Byol.Data.Kernels;

/// <summary>target[i] = Σ_k weights[k] · source[taps[k] + i]: what a separable filter does to rows.</summary>
internal static class WeightedSum
{
    /// <param name="source">Floats; taps[k] + target.Length lies within it for every k.</param>
    /// <param name="taps">Where each weight's floats begin.</param>
    /// <param name="weights">As many as taps.</param>
    /// <param name="target">What to fill.</param>
    public static void Of<T>(ReadOnlySpan<float> source, ReadOnlySpan<int> taps, ReadOnlySpan<float> weights, Span<float> target)
        where T : struct, ILane<T>
    {
        foreach (var tap in taps) _ = source.Slice(tap, target.Length);
        Run<T, float, Floats>(source, taps, weights, target);
    }

    /// <summary>The same from bytes.</summary>
    public static void Of<T>(ReadOnlySpan<byte> source, ReadOnlySpan<int> taps, ReadOnlySpan<float> weights, Span<float> target)
        where T : struct, ILane<T>
    {
        foreach (var tap in taps) _ = source.Slice(tap, target.Length);
        Run<T, byte, Bytes>(source, taps, weights, target);
    }

    // Four sums at a time: each waits for itself only, and a weight is fetched once for all four.
    private static void Run<T, TValue, TLoad>(
        ReadOnlySpan<TValue> source, ReadOnlySpan<int> taps, ReadOnlySpan<float> weights, Span<float> target)
        where T : struct, ILane<T> where TLoad : ILoad<TValue>
    {
        ref var values = ref MemoryMarshal.GetReference(source);
        var i = 0;
        for (; i <= target.Length - 4 * T.Count; i += 4 * T.Count)
        {
            var (a, b, c, d) = (T.Of(0), T.Of(0), T.Of(0), T.Of(0));
            for (var k = 0; k < taps.Length; k++)
            {
                ref var at = ref Unsafe.Add(ref values, taps[k] + i);
                var weight = T.Of(weights[k]);
                a = T.MultiplyAdd(weight, TLoad.Load<T>(ref at), a);
                b = T.MultiplyAdd(weight, TLoad.Load<T>(ref Unsafe.Add(ref at, T.Count)), b);
                c = T.MultiplyAdd(weight, TLoad.Load<T>(ref Unsafe.Add(ref at, 2 * T.Count)), c);
                d = T.MultiplyAdd(weight, TLoad.Load<T>(ref Unsafe.Add(ref at, 3 * T.Count)), d);
            }
            a.Store(ref target[i]);
            b.Store(ref target[i + T.Count]);
            c.Store(ref target[i + 2 * T.Count]);
            d.Store(ref target[i + 3 * T.Count]);
        }
        for (; i <= target.Length - T.Count; i += T.Count) One<T, TValue, TLoad>(ref values, taps, weights, i).Store(ref target[i]);
        for (; i < target.Length; i++) One<Lane32, TValue, TLoad>(ref values, taps, weights, i).Store(ref target[i]);
    }

    private static T One<T, TValue, TLoad>(ref TValue values, ReadOnlySpan<int> taps, ReadOnlySpan<float> weights, int i)
        where T : struct, ILane<T> where TLoad : ILoad<TValue>
    {
        var sum = T.Of(0);
        for (var k = 0; k < taps.Length; k++)
            sum = T.MultiplyAdd(T.Of(weights[k]), TLoad.Load<T>(ref Unsafe.Add(ref values, taps[k] + i)), sum);
        return sum;
    }

    private interface ILoad<TValue>
    {
        static abstract T Load<T>(ref TValue source) where T : struct, ILane<T>;
    }

    private readonly struct Floats : ILoad<float>
    {
        public static T Load<T>(ref float source) where T : struct, ILane<T> => T.Load(in source);
    }

    private readonly struct Bytes : ILoad<byte>
    {
        public static T Load<T>(ref byte source) where T : struct, ILane<T> => T.Load(in source);
    }
}
