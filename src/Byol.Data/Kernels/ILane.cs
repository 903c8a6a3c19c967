namespace Byol.Data.Kernels;

/// <summary>One register of floats. A kernel's vector twin is written once against this,
/// and the compiler makes one body for each width.</summary>
/// <typeparam name="T">The lane itself.</typeparam>
internal interface ILane<T> where T : struct, ILane<T>
{
    /// <summary>Floats in it.</summary>
    static abstract int Count { get; }

    static abstract T Of(float value);

    static abstract T Load(ref readonly float source);

    /// <summary><see cref="Count"/> bytes as floats 0 to 255.</summary>
    static abstract T Load(ref readonly byte source);

    /// <summary><see cref="Count"/> bfloat16: the upper halves of floats.</summary>
    static abstract T LoadBFloat16(ref readonly ushort source);

    void Store(ref float target);

    /// <summary>As bfloat16, rounded to nearest, ties to even; NaN stays NaN.</summary>
    void StoreBFloat16(ref ushort target);

    static abstract T operator +(T left, T right);

    static abstract T operator -(T left, T right);

    static abstract T operator *(T left, T right);

    static abstract T operator /(T left, T right);

    /// <summary>factor · value + sum, rounded once or twice.</summary>
    static abstract T MultiplyAdd(T factor, T value, T sum);

    static abstract T Min(T left, T right);

    static abstract T Max(T left, T right);

    static abstract T Abs(T value);

    static abstract T Floor(T value);

    /// <summary>Element by element: left = right ? then : otherwise.</summary>
    static abstract T IfEqual(T left, T right, T then, T otherwise);

    /// <summary>Element by element: left ≥ right ? then : otherwise.</summary>
    static abstract T IfAtLeast(T left, T right, T then, T otherwise);

    /// <summary>The sum of its floats.</summary>
    static abstract float Sum(T value);

    /// <summary>Three lanes of interleaved pixels (r g b r g b …) to a lane of each channel.</summary>
    static abstract (T Red, T Green, T Blue) Split(T first, T second, T third);

    /// <summary>The reverse of <see cref="Split"/>.</summary>
    static abstract (T First, T Second, T Third) Join(T red, T green, T blue);

    /// <summary>Limits every float to 0 … 1.</summary>
    static virtual T Clip(T value) => T.Min(T.Max(value, T.Of(0)), T.Of(1));
}
