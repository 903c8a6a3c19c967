namespace Byol.Data.Kernels;

/// <summary>Inverts bright values.</summary>
internal static class Solarize
{
    /// <summary>Inverts every value from a threshold on, in place.</summary>
    /// <param name="view">Values in [0,1].</param>
    /// <param name="threshold">The smallest value that is inverted.</param>
    public static void Apply(Span<float> view, float threshold)
    {
        for (var i = 0; i < view.Length; i++) view[i] = view[i] >= threshold ? 1 - view[i] : view[i];
    }

    internal static void Apply<T>(Span<float> view, float threshold) where T : struct, ILane<T> =>
        Pixelwise.Values<T, Inversion>(view, new(threshold));

    private readonly struct Inversion(float threshold) : IValueOperation
    {
        public T Apply<T>(T value) where T : struct, ILane<T> => T.IfAtLeast(value, T.Of(threshold), T.Of(1) - value, value);
    }
}
