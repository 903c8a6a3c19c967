using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Byol.Data.Kernels;

/// <summary>16 floats.</summary>
internal readonly struct Lane512(Vector512<float> value) : ILane<Lane512>
{
    private readonly Vector512<float> _value = value;

    public static int Count => 16;

    [MethodImpl(AggressiveInlining)] public static Lane512 Of(float value) => new(Vector512.Create(value));

    [MethodImpl(AggressiveInlining)] public static Lane512 Load(ref readonly float source) => new(Vector512.LoadUnsafe(in source));

    [MethodImpl(AggressiveInlining)] public static Lane512 Load(ref readonly byte source) =>
        new(Vector512.ConvertToSingle(Bytes(Vector128.LoadUnsafe(in source))));

    [MethodImpl(AggressiveInlining)] public static Lane512 LoadBFloat16(ref readonly ushort source) =>
        new((Vector512.WidenLower(Vector256.LoadUnsafe(in source).ToVector512Unsafe()) << 16).AsSingle());

    [MethodImpl(AggressiveInlining)] public void Store(ref float target) => _value.StoreUnsafe(ref target);

    [MethodImpl(AggressiveInlining)]
    public void StoreBFloat16(ref ushort target)
    {
        var bits = _value.AsUInt32();
        var rounded = (bits + Vector512.Create(0x7FFFu) + ((bits >>> 16) & Vector512<uint>.One)) >>> 16;
        var half = Vector512.ConditionalSelect(Vector512.Equals(_value, _value).AsUInt32(), rounded, Vector512.Create(0x7FC0u));
        Vector256.Narrow(half.GetLower(), half.GetUpper()).StoreUnsafe(ref target);
    }

    [MethodImpl(AggressiveInlining)] public static Lane512 operator +(Lane512 left, Lane512 right) => new(left._value + right._value);

    [MethodImpl(AggressiveInlining)] public static Lane512 operator -(Lane512 left, Lane512 right) => new(left._value - right._value);

    [MethodImpl(AggressiveInlining)] public static Lane512 operator *(Lane512 left, Lane512 right) => new(left._value * right._value);

    [MethodImpl(AggressiveInlining)] public static Lane512 operator /(Lane512 left, Lane512 right) => new(left._value / right._value);

    [MethodImpl(AggressiveInlining)] public static Lane512 MultiplyAdd(Lane512 factor, Lane512 value, Lane512 sum) =>
        new(Vector512.MultiplyAddEstimate(factor._value, value._value, sum._value));

    [MethodImpl(AggressiveInlining)] public static Lane512 Min(Lane512 left, Lane512 right) =>
        new(Vector512.MinNative(left._value, right._value));

    [MethodImpl(AggressiveInlining)] public static Lane512 Max(Lane512 left, Lane512 right) =>
        new(Vector512.MaxNative(left._value, right._value));

    [MethodImpl(AggressiveInlining)] public static Lane512 Abs(Lane512 value) => new(Vector512.Abs(value._value));

    [MethodImpl(AggressiveInlining)] public static Lane512 Floor(Lane512 value) => new(Vector512.Floor(value._value));

    [MethodImpl(AggressiveInlining)]
    public static Lane512 IfEqual(Lane512 left, Lane512 right, Lane512 then, Lane512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.Equals(left._value, right._value), then._value, otherwise._value));

    [MethodImpl(AggressiveInlining)]
    public static Lane512 IfAtLeast(Lane512 left, Lane512 right, Lane512 then, Lane512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(left._value, right._value), then._value, otherwise._value));

    [MethodImpl(AggressiveInlining)] public static float Sum(Lane512 value) => Vector512.Sum(value._value);

    // A channel stands at every third place, so no two of its floats share a place in their registers:
    // pick them into one, then put them in order.
    [MethodImpl(AggressiveInlining)]
    public static (Lane512 Red, Lane512 Green, Lane512 Blue) Split(Lane512 first, Lane512 second, Lane512 third)
    {
        var (a, b, c) = (first._value, second._value, third._value);
        return (
            new(Vector512.Shuffle(Pick(a, c, b), Vector512.Create(0, 3, 6, 9, 12, 15, 2, 5, 8, 11, 14, 1, 4, 7, 10, 13))),
            new(Vector512.Shuffle(Pick(b, a, c), Vector512.Create(1, 4, 7, 10, 13, 0, 3, 6, 9, 12, 15, 2, 5, 8, 11, 14))),
            new(Vector512.Shuffle(Pick(c, b, a), Vector512.Create(2, 5, 8, 11, 14, 1, 4, 7, 10, 13, 0, 3, 6, 9, 12, 15))));
    }

    [MethodImpl(AggressiveInlining)]
    public static (Lane512 First, Lane512 Second, Lane512 Third) Join(Lane512 red, Lane512 green, Lane512 blue)
    {
        var r = Vector512.Shuffle(red._value, Vector512.Create(0, 11, 6, 1, 12, 7, 2, 13, 8, 3, 14, 9, 4, 15, 10, 5));
        var g = Vector512.Shuffle(green._value, Vector512.Create(5, 0, 11, 6, 1, 12, 7, 2, 13, 8, 3, 14, 9, 4, 15, 10));
        var b = Vector512.Shuffle(blue._value, Vector512.Create(10, 5, 0, 11, 6, 1, 12, 7, 2, 13, 8, 3, 14, 9, 4, 15));
        return (new(Pick(r, g, b)), new(Pick(g, b, r)), new(Pick(b, r, g)));
    }

    // The first at places 0, 3, 6 …, the second at 1, 4, 7 …, the third at 2, 5, 8 …
    [MethodImpl(AggressiveInlining)]
    private static Vector512<float> Pick(Vector512<float> first, Vector512<float> second, Vector512<float> third) =>
        Vector512.ConditionalSelect(
            Vector512.Create(-1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1).AsSingle(), first, Vector512.ConditionalSelect(
                Vector512.Create(0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0).AsSingle(), second, third));

    [MethodImpl(AggressiveInlining)]
    private static Vector512<int> Bytes(Vector128<byte> sixteen)
    {
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Int32(sixteen);
        var (low, high) = Vector256.Widen(Vector256.Create(Vector128.WidenLower(sixteen), Vector128.WidenUpper(sixteen)));
        return Vector512.Create(low, high).AsInt32();
    }
}
