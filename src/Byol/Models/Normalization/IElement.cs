using System.Runtime.CompilerServices;
using Byol.Data.Kernels;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Byol.Models.Normalization;

/// <summary>How a number lies in memory. It is computed with as a float in either case.</summary>
/// <typeparam name="E">The element itself.</typeparam>
internal interface IElement<E> where E : unmanaged, IElement<E>
{
    static abstract T Load<T>(ref readonly E source) where T : struct, ILane<T>;

    static abstract void Store<T>(T value, ref E target) where T : struct, ILane<T>;
}

/// <summary>A float.</summary>
internal readonly struct Float32(float value) : IElement<Float32>
{
    private readonly float _value = value;

    [MethodImpl(AggressiveInlining)]
    public static T Load<T>(ref readonly Float32 source) where T : struct, ILane<T> => T.Load(in source._value);

    [MethodImpl(AggressiveInlining)]
    public static void Store<T>(T value, ref Float32 target) where T : struct, ILane<T> =>
        value.Store(ref Unsafe.AsRef(in target._value));
}

/// <summary>The upper half of a float.</summary>
internal readonly struct BFloat16(ushort bits) : IElement<BFloat16>
{
    private readonly ushort _bits = bits;

    [MethodImpl(AggressiveInlining)]
    public static T Load<T>(ref readonly BFloat16 source) where T : struct, ILane<T> => T.LoadBFloat16(in source._bits);

    [MethodImpl(AggressiveInlining)]
    public static void Store<T>(T value, ref BFloat16 target) where T : struct, ILane<T> =>
        value.StoreBFloat16(ref Unsafe.AsRef(in target._bits));
}
