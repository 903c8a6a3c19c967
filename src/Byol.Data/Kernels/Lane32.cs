namespace Byol.Data.Kernels;

/// <summary>One float: what is left at the end of a row goes through the same code.</summary>
internal readonly struct Lane32(float value) : ILane<Lane32>
{
    private readonly float _value = value;

    public static int Count => 1;

    public static Lane32 Of(float value) => new(value);

    public static Lane32 Load(ref readonly float source) => new(source);

    public static Lane32 Load(ref readonly byte source) => new(source);

    public static Lane32 LoadBFloat16(ref readonly ushort source) => new(BitConverter.UInt32BitsToSingle((uint)source << 16));

    public void Store(ref float target) => target = _value;

    public void StoreBFloat16(ref ushort target)
    {
        var bits = BitConverter.SingleToUInt32Bits(_value);
        target = float.IsNaN(_value) ? (ushort)0x7FC0 : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    public static Lane32 operator +(Lane32 left, Lane32 right) => new(left._value + right._value);

    public static Lane32 operator -(Lane32 left, Lane32 right) => new(left._value - right._value);

    public static Lane32 operator *(Lane32 left, Lane32 right) => new(left._value * right._value);

    public static Lane32 operator /(Lane32 left, Lane32 right) => new(left._value / right._value);

    public static Lane32 MultiplyAdd(Lane32 factor, Lane32 value, Lane32 sum) =>
        new(float.MultiplyAddEstimate(factor._value, value._value, sum._value));

    public static Lane32 Min(Lane32 left, Lane32 right) => new(float.MinNative(left._value, right._value));

    public static Lane32 Max(Lane32 left, Lane32 right) => new(float.MaxNative(left._value, right._value));

    public static Lane32 Abs(Lane32 value) => new(MathF.Abs(value._value));

    public static Lane32 Floor(Lane32 value) => new(MathF.Floor(value._value));

    public static Lane32 IfEqual(Lane32 left, Lane32 right, Lane32 then, Lane32 otherwise) =>
        left._value == right._value ? then : otherwise;

    public static Lane32 IfAtLeast(Lane32 left, Lane32 right, Lane32 then, Lane32 otherwise) =>
        left._value >= right._value ? then : otherwise;

    public static float Sum(Lane32 value) => value._value;

    public static (Lane32 Red, Lane32 Green, Lane32 Blue) Split(Lane32 first, Lane32 second, Lane32 third) => (first, second, third);

    public static (Lane32 First, Lane32 Second, Lane32 Third) Join(Lane32 red, Lane32 green, Lane32 blue) => (red, green, blue);
}
