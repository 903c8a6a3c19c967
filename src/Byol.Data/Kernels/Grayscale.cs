namespace Byol.Data.Kernels;

/// <summary>Drops colors: every channel becomes the luma.</summary>
internal static class Grayscale
{
    /// <summary>Luma of ITU-R BT.601, with torchvision's digits.</summary>
    /// <param name="red">Red.</param>
    /// <param name="green">Green.</param>
    /// <param name="blue">Blue.</param>
    public static float Luma(float red, float green, float blue) => 0.2989f * red + 0.587f * green + 0.114f * blue;

    /// <summary>Drops the colors of a view in place.</summary>
    /// <param name="view">HWC, three channels, in [0,1].</param>
    public static void Apply(Span<float> view)
    {
        for (var i = 0; i + 2 < view.Length; i += 3) view[i] = view[i + 1] = view[i + 2] = Luma(view[i], view[i + 1], view[i + 2]);
    }

    internal static T Luma<T>(T red, T green, T blue) where T : struct, ILane<T> =>
        T.MultiplyAdd(T.Of(0.2989f), red, T.MultiplyAdd(T.Of(0.587f), green, T.Of(0.114f) * blue));

    internal static void Apply<T>(Span<float> view) where T : struct, ILane<T> => Pixelwise.Pixels<T, Gray>(view, default);

    private readonly struct Gray : IPixelOperation
    {
        public (T Red, T Green, T Blue) Apply<T>(T red, T green, T blue) where T : struct, ILane<T>
        {
            var luma = Luma(red, green, blue);
            return (luma, luma, luma);
        }
    }
}
