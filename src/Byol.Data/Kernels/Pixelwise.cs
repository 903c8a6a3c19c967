namespace Byol.Data.Kernels;

/// <summary>What is done to every value alike.</summary>
internal interface IValueOperation
{
    T Apply<T>(T value) where T : struct, ILane<T>;
}

/// <summary>What is done to every pixel alike.</summary>
internal interface IPixelOperation
{
    (T Red, T Green, T Blue) Apply<T>(T red, T green, T blue) where T : struct, ILane<T>;
}

/// <summary>Carries an operation over a view: whole lanes first, then what is left one by one.</summary>
internal static class Pixelwise
{
    /// <param name="view">Floats of any meaning.</param>
    /// <param name="operation">The operation.</param>
    public static void Values<T, TOperation>(Span<float> view, TOperation operation)
        where T : struct, ILane<T> where TOperation : struct, IValueOperation
    {
        var i = 0;
        for (; i <= view.Length - T.Count; i += T.Count) operation.Apply(T.Load(in view[i])).Store(ref view[i]);
        for (; i < view.Length; i++) operation.Apply(Lane32.Load(in view[i])).Store(ref view[i]);
    }

    /// <param name="view">HWC, three channels.</param>
    /// <param name="operation">The operation.</param>
    public static void Pixels<T, TOperation>(Span<float> view, TOperation operation)
        where T : struct, ILane<T> where TOperation : struct, IPixelOperation
    {
        var pixels = view[..(view.Length / 3 * 3)];
        var i = Run<T, TOperation>(pixels, operation);
        Run<Lane32, TOperation>(pixels[i..], operation);
    }

    private static int Run<T, TOperation>(Span<float> pixels, TOperation operation)
        where T : struct, ILane<T> where TOperation : struct, IPixelOperation
    {
        var i = 0;
        for (; i <= pixels.Length - 3 * T.Count; i += 3 * T.Count)
        {
            ref var first = ref pixels[i];
            ref var second = ref pixels[i + T.Count];
            ref var third = ref pixels[i + 2 * T.Count];
            var (red, green, blue) = T.Split(T.Load(in first), T.Load(in second), T.Load(in third));
            (red, green, blue) = operation.Apply(red, green, blue);
            var (a, b, c) = T.Join(red, green, blue);
            a.Store(ref first);
            b.Store(ref second);
            c.Store(ref third);
        }
        return i;
    }
}
