namespace Byol.Data.Kernels;

/// <summary>Brightness, contrast, saturation and hue as torchvision's tensor operations; each clips to [0,1].</summary>
internal static class ColorJitter
{
    /// <summary>Multiplies every value.</summary>
    /// <param name="view">HWC, in [0,1].</param>
    /// <param name="factor">0 makes black, 1 changes nothing.</param>
    public static void Brightness(Span<float> view, float factor)
    {
        for (var i = 0; i < view.Length; i++) view[i] = Clip(view[i] * factor);
    }

    /// <summary>Moves every value away from the view's mean luma, or toward it.</summary>
    /// <param name="view">HWC, in [0,1].</param>
    /// <param name="factor">0 makes the mean, 1 changes nothing.</param>
    public static void Contrast(Span<float> view, float factor)
    {
        var sum = 0.0;
        for (var i = 0; i + 2 < view.Length; i += 3) sum += Grayscale.Luma(view[i], view[i + 1], view[i + 2]);
        var rest = (1 - factor) * (float)(sum / (view.Length / 3));
        for (var i = 0; i < view.Length; i++) view[i] = Clip(view[i] * factor + rest);
    }

    /// <summary>Moves every value away from its pixel's luma, or toward it.</summary>
    /// <param name="view">HWC, in [0,1].</param>
    /// <param name="factor">0 makes gray, 1 changes nothing.</param>
    public static void Saturation(Span<float> view, float factor)
    {
        for (var i = 0; i + 2 < view.Length; i += 3)
        {
            var rest = (1 - factor) * Grayscale.Luma(view[i], view[i + 1], view[i + 2]);
            view[i] = Clip(view[i] * factor + rest);
            view[i + 1] = Clip(view[i + 1] * factor + rest);
            view[i + 2] = Clip(view[i + 2] * factor + rest);
        }
    }

    /// <summary>Turns the color circle, by way of HSV.</summary>
    /// <param name="view">HWC, in [0,1].</param>
    /// <param name="shift">Share of the circle; −0.5 and 0.5 make the opposite colors, 0 changes nothing.</param>
    public static void Hue(Span<float> view, float shift)
    {
        for (var i = 0; i + 2 < view.Length; i += 3)
        {
            var (r, g, b) = (view[i], view[i + 1], view[i + 2]);
            var value = Math.Max(r, Math.Max(g, b));
            var chroma = value - Math.Min(r, Math.Min(g, b));
            if (chroma == 0) continue;                       // gray has no hue
            var sixth = value == r ? (g - b) / chroma
                : value == g ? 2 + (b - r) / chroma
                : 4 + (r - g) / chroma;
            var hue = sixth / 6 + shift;
            hue -= MathF.Floor(hue);
            (view[i], view[i + 1], view[i + 2]) = FromHsv(hue, chroma, value);
        }
    }

    private static (float, float, float) FromHsv(float hue, float chroma, float value)
    {
        var sector = MathF.Floor(hue * 6);
        var fraction = hue * 6 - sector;
        var low = Clip(value - chroma);                      // v(1-s)
        var falling = Clip(value - chroma * fraction);       // v(1-sf)
        var rising = Clip(value - chroma * (1 - fraction));  // v(1-s(1-f))
        return ((int)sector % 6) switch
        {
            0 => (value, rising, low),
            1 => (falling, value, low),
            2 => (low, value, rising),
            3 => (low, falling, value),
            4 => (rising, low, value),
            _ => (value, low, falling),
        };
    }

    private static float Clip(float x) => Math.Clamp(x, 0f, 1f);

    internal static void Brightness<T>(Span<float> view, float factor) where T : struct, ILane<T> =>
        Pixelwise.Values<T, Line>(view, new(factor, 0));

    internal static void Contrast<T>(Span<float> view, float factor) where T : struct, ILane<T> =>
        Pixelwise.Values<T, Line>(view, new(factor, (1 - factor) * MeanLuma<T>(view)));

    internal static void Saturation<T>(Span<float> view, float factor) where T : struct, ILane<T> =>
        Pixelwise.Pixels<T, FromLuma>(view, new(factor));

    internal static void Hue<T>(Span<float> view, float shift) where T : struct, ILane<T> => Pixelwise.Pixels<T, Turn>(view, new(shift));

    // Lanes add up in fp32 for a few thousand values, and then in fp64.
    private static float MeanLuma<T>(ReadOnlySpan<float> view) where T : struct, ILane<T>
    {
        const int Block = 64;
        var (sum, i) = (0.0, 0);
        while (i <= view.Length - 3 * T.Count)
        {
            var end = Math.Min(view.Length, i + Block * 3 * T.Count);
            var lane = T.Of(0);
            for (; i <= end - 3 * T.Count; i += 3 * T.Count)
            {
                var (red, green, blue) = T.Split(T.Load(in view[i]), T.Load(in view[i + T.Count]), T.Load(in view[i + 2 * T.Count]));
                lane += Grayscale.Luma(red, green, blue);
            }
            sum += T.Sum(lane);
        }
        for (; i + 2 < view.Length; i += 3) sum += Grayscale.Luma(view[i], view[i + 1], view[i + 2]);
        return (float)(sum / (view.Length / 3));
    }

    private readonly struct Line(float slope, float offset) : IValueOperation
    {
        public T Apply<T>(T value) where T : struct, ILane<T> => T.Clip(T.MultiplyAdd(value, T.Of(slope), T.Of(offset)));
    }

    private readonly struct FromLuma(float factor) : IPixelOperation
    {
        public (T Red, T Green, T Blue) Apply<T>(T red, T green, T blue) where T : struct, ILane<T>
        {
            var (slope, rest) = (T.Of(factor), T.Of(1 - factor) * Grayscale.Luma(red, green, blue));
            return (Move(red), Move(green), Move(blue));

            T Move(T value) => T.Clip(T.MultiplyAdd(value, slope, rest));
        }
    }

    // The circle has six sixths; along it each channel is a trapezium: red |h−3|−1, green 2−|h−2|, blue 2−|h−4|, clipped to 0 … 1.
    private readonly struct Turn(float shift) : IPixelOperation
    {
        public (T Red, T Green, T Blue) Apply<T>(T red, T green, T blue) where T : struct, ILane<T>
        {
            var high = T.Max(red, T.Max(green, blue));
            var low = T.Min(red, T.Min(green, blue));
            var chroma = high - low;
            var scale = T.Of(1) / T.Max(chroma, T.Of(1e-30f));    // gray has no hue, and keeps its value with any result
            var sixths = T.IfEqual(high, red, (green - blue) * scale,
                T.IfEqual(high, green, T.MultiplyAdd(blue - red, scale, T.Of(2)), T.MultiplyAdd(red - green, scale, T.Of(4))));
            var turned = sixths + T.Of(6 * shift);
            turned -= T.Of(6) * T.Floor(turned * T.Of(1f / 6));
            return (
                Between(T.Abs(turned - T.Of(3)) - T.Of(1)),
                Between(T.Of(2) - T.Abs(turned - T.Of(2))),
                Between(T.Of(2) - T.Abs(turned - T.Of(4))));

            T Between(T share) => T.Min(high, T.MultiplyAdd(chroma, T.Clip(share), low));
        }
    }
}
