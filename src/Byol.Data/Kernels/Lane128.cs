using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Byol.Data.Kernels;

/// <summary>4 floats.</summary>
internal readonly struct Lane128(Vector128<float> value) : ILane<Lane128>
{
    private readonly Vector128<float> _value = value;

    public static int Count => 4;

    [MethodImpl(AggressiveInlining)] public static Lane128 Of(float value) => new(Vector128.Create(value));

    [MethodImpl(AggressiveInlining)] public static Lane128 Load(ref readonly float source) => new(Vector128.LoadUnsafe(in source));

    [MethodImpl(AggressiveInlining)] public static Lane128 Load(ref readonly byte source) =>
        new(Vector128.ConvertToSingle(Bytes(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(in source)).AsByte())));

    [MethodImpl(AggressiveInlining)] public static Lane128 LoadBFloat16(ref readonly ushort source) =>
        new((Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.As<ushort, ulong>(ref Unsafe.AsRef(in source))).AsUInt16()) << 16)
            .AsSingle());

    [MethodImpl(AggressiveInlining)] public void Store(ref float target) => _value.StoreUnsafe(ref target);

    [MethodImpl(AggressiveInlining)]
    public void StoreBFloat16(ref ushort target)
    {
        var bits = _value.AsUInt32();
        var rounded = (bits + Vector128.Create(0x7FFFu) + ((bits >>> 16) & Vector128<uint>.One)) >>> 16;
        var half = Vector128.ConditionalSelect(Vector128.Equals(_value, _value).AsUInt32(), rounded, Vector128.Create(0x7FC0u));
        Unsafe.As<ushort, ulong>(ref target) = Vector128.Narrow(half, half).AsUInt64().ToScalar();
    }

    [MethodImpl(AggressiveInlining)] public static Lane128 operator +(Lane128 left, Lane128 right) => new(left._value + right._value);

    [MethodImpl(AggressiveInlining)] public static Lane128 operator -(Lane128 left, Lane128 right) => new(left._value - right._value);

    [MethodImpl(AggressiveInlining)] public static Lane128 operator *(Lane128 left, Lane128 right) => new(left._value * right._value);

    [MethodImpl(AggressiveInlining)] public static Lane128 operator /(Lane128 left, Lane128 right) => new(left._value / right._value);

    [MethodImpl(AggressiveInlining)] public static Lane128 MultiplyAdd(Lane128 factor, Lane128 value, Lane128 sum) =>
        new(Vector128.MultiplyAddEstimate(factor._value, value._value, sum._value));

    [MethodImpl(AggressiveInlining)] public static Lane128 Min(Lane128 left, Lane128 right) =>
        new(Vector128.MinNative(left._value, right._value));

    [MethodImpl(AggressiveInlining)] public static Lane128 Max(Lane128 left, Lane128 right) =>
        new(Vector128.MaxNative(left._value, right._value));

    [MethodImpl(AggressiveInlining)] public static Lane128 Abs(Lane128 value) => new(Vector128.Abs(value._value));

    [MethodImpl(AggressiveInlining)] public static Lane128 Floor(Lane128 value) => new(Vector128.Floor(value._value));

    [MethodImpl(AggressiveInlining)]
    public static Lane128 IfEqual(Lane128 left, Lane128 right, Lane128 then, Lane128 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.Equals(left._value, right._value), then._value, otherwise._value));

    [MethodImpl(AggressiveInlining)]
    public static Lane128 IfAtLeast(Lane128 left, Lane128 right, Lane128 then, Lane128 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.GreaterThanOrEqual(left._value, right._value), then._value, otherwise._value));

    [MethodImpl(AggressiveInlining)] public static float Sum(Lane128 value) => Vector128.Sum(value._value);

    // A channel stands at every third place, so no two of its floats share a place in their registers:
    // pick them into one, then put them in order.
    [MethodImpl(AggressiveInlining)]
    public static (Lane128 Red, Lane128 Green, Lane128 Blue) Split(Lane128 first, Lane128 second, Lane128 third)
    {
        var (a, b, c) = (first._value, second._value, third._value);
        return (
            new(Vector128.Shuffle(Pick(a, c, b), Vector128.Create(0, 3, 2, 1))),
            new(Vector128.Shuffle(Pick(b, a, c), Vector128.Create(1, 0, 3, 2))),
            new(Vector128.Shuffle(Pick(c, b, a), Vector128.Create(2, 1, 0, 3))));
    }

    [MethodImpl(AggressiveInlining)]
    public static (Lane128 First, Lane128 Second, Lane128 Third) Join(Lane128 red, Lane128 green, Lane128 blue)
    {
        var r = Vector128.Shuffle(red._value, Vector128.Create(0, 3, 2, 1));
        var g = Vector128.Shuffle(green._value, Vector128.Create(1, 0, 3, 2));
        var b = Vector128.Shuffle(blue._value, Vector128.Create(2, 1, 0, 3));
        return (new(Pick(r, g, b)), new(Pick(g, b, r)), new(Pick(b, r, g)));
    }

    // The first at places 0, 3, 6 …, the second at 1, 4, 7 …, the third at 2, 5, 8 …
    [MethodImpl(AggressiveInlining)]
    private static Vector128<float> Pick(Vector128<float> first, Vector128<float> second, Vector128<float> third) =>
        Vector128.ConditionalSelect(
            Vector128.Create(-1, 0, 0, -1).AsSingle(), first, Vector128.ConditionalSelect(
                Vector128.Create(0, -1, 0, 0).AsSingle(), second, third));

    [MethodImpl(AggressiveInlining)]
    private static Vector128<int> Bytes(Vector128<byte> four) =>
        Sse41.IsSupported ? Sse41.ConvertToVector128Int32(four) : Vector128.WidenLower(Vector128.WidenLower(four)).AsInt32();
}
