using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Byol.Data.Kernels;

/// <summary>8 floats.</summary>
internal readonly struct Lane256(Vector256<float> value) : ILane<Lane256>
{
    private readonly Vector256<float> _value = value;

    public static int Count => 8;

    [MethodImpl(AggressiveInlining)] public static Lane256 Of(float value) => new(Vector256.Create(value));

    [MethodImpl(AggressiveInlining)] public static Lane256 Load(ref readonly float source) => new(Vector256.LoadUnsafe(in source));

    [MethodImpl(AggressiveInlining)] public static Lane256 Load(ref readonly byte source) =>
        new(Vector256.ConvertToSingle(Bytes(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(in source)).AsByte())));

    [MethodImpl(AggressiveInlining)] public static Lane256 LoadBFloat16(ref readonly ushort source) =>
        new((Vector256.WidenLower(Vector128.LoadUnsafe(in source).ToVector256Unsafe()) << 16).AsSingle());

    [MethodImpl(AggressiveInlining)] public void Store(ref float target) => _value.StoreUnsafe(ref target);

    [MethodImpl(AggressiveInlining)]
    public void StoreBFloat16(ref ushort target)
    {
        var bits = _value.AsUInt32();
        var rounded = (bits + Vector256.Create(0x7FFFu) + ((bits >>> 16) & Vector256<uint>.One)) >>> 16;
        var half = Vector256.ConditionalSelect(Vector256.Equals(_value, _value).AsUInt32(), rounded, Vector256.Create(0x7FC0u));
        Vector128.Narrow(half.GetLower(), half.GetUpper()).StoreUnsafe(ref target);
    }

    [MethodImpl(AggressiveInlining)] public static Lane256 operator +(Lane256 left, Lane256 right) => new(left._value + right._value);

    [MethodImpl(AggressiveInlining)] public static Lane256 operator -(Lane256 left, Lane256 right) => new(left._value - right._value);

    [MethodImpl(AggressiveInlining)] public static Lane256 operator *(Lane256 left, Lane256 right) => new(left._value * right._value);

    [MethodImpl(AggressiveInlining)] public static Lane256 operator /(Lane256 left, Lane256 right) => new(left._value / right._value);

    [MethodImpl(AggressiveInlining)] public static Lane256 MultiplyAdd(Lane256 factor, Lane256 value, Lane256 sum) =>
        new(Vector256.MultiplyAddEstimate(factor._value, value._value, sum._value));

    [MethodImpl(AggressiveInlining)] public static Lane256 Min(Lane256 left, Lane256 right) =>
        new(Vector256.MinNative(left._value, right._value));

    [MethodImpl(AggressiveInlining)] public static Lane256 Max(Lane256 left, Lane256 right) =>
        new(Vector256.MaxNative(left._value, right._value));

    [MethodImpl(AggressiveInlining)] public static Lane256 Abs(Lane256 value) => new(Vector256.Abs(value._value));

    [MethodImpl(AggressiveInlining)] public static Lane256 Floor(Lane256 value) => new(Vector256.Floor(value._value));

    [MethodImpl(AggressiveInlining)]
    public static Lane256 IfEqual(Lane256 left, Lane256 right, Lane256 then, Lane256 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.Equals(left._value, right._value), then._value, otherwise._value));

    [MethodImpl(AggressiveInlining)]
    public static Lane256 IfAtLeast(Lane256 left, Lane256 right, Lane256 then, Lane256 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(left._value, right._value), then._value, otherwise._value));

    [MethodImpl(AggressiveInlining)] public static float Sum(Lane256 value) => Vector256.Sum(value._value);

    // A channel stands at every third place, so no two of its floats share a place in their registers:
    // pick them into one, then put them in order.
    [MethodImpl(AggressiveInlining)]
    public static (Lane256 Red, Lane256 Green, Lane256 Blue) Split(Lane256 first, Lane256 second, Lane256 third)
    {
        var (a, b, c) = (first._value, second._value, third._value);
        return (
            new(Vector256.Shuffle(Pick(a, b, c), Vector256.Create(0, 3, 6, 1, 4, 7, 2, 5))),
            new(Vector256.Shuffle(Pick(c, a, b), Vector256.Create(1, 4, 7, 2, 5, 0, 3, 6))),
            new(Vector256.Shuffle(Pick(b, c, a), Vector256.Create(2, 5, 0, 3, 6, 1, 4, 7))));
    }

    [MethodImpl(AggressiveInlining)]
    public static (Lane256 First, Lane256 Second, Lane256 Third) Join(Lane256 red, Lane256 green, Lane256 blue)
    {
        var r = Vector256.Shuffle(red._value, Vector256.Create(0, 3, 6, 1, 4, 7, 2, 5));
        var g = Vector256.Shuffle(green._value, Vector256.Create(5, 0, 3, 6, 1, 4, 7, 2));
        var b = Vector256.Shuffle(blue._value, Vector256.Create(2, 5, 0, 3, 6, 1, 4, 7));
        return (new(Pick(r, g, b)), new(Pick(b, r, g)), new(Pick(g, b, r)));
    }

    // The first at places 0, 3, 6 …, the second at 1, 4, 7 …, the third at 2, 5, 8 …
    [MethodImpl(AggressiveInlining)]
    private static Vector256<float> Pick(Vector256<float> first, Vector256<float> second, Vector256<float> third) =>
        Vector256.ConditionalSelect(
            Vector256.Create(-1, 0, 0, -1, 0, 0, -1, 0).AsSingle(), first, Vector256.ConditionalSelect(
                Vector256.Create(0, -1, 0, 0, -1, 0, 0, -1).AsSingle(), second, third));

    [MethodImpl(AggressiveInlining)]
    private static Vector256<int> Bytes(Vector128<byte> eight)
    {
        if (Avx2.IsSupported) return Avx2.ConvertToVector256Int32(eight);
        var (low, high) = Vector128.Widen(Vector128.WidenLower(eight));
        return Vector256.Create(low, high).AsInt32();
    }
}
