namespace Byol.Data.Kernels;

/// <summary>Brightness, contrast, saturation and hue as torchvision's tensor operations; each clips to [0,1].</summary>
public static class ColorJitter
{
    /// <summary>Multiplies every value.</summary>
    /// <param name="view">HWC, in [0,1].</param>
    /// <param name="factor">0 makes black, 1 changes nothing.</param>
    public static void Brightness(Span<float> view, float factor)
    {
        for (var i = 0; i < view.Length; i++) view[i] = Clip(view[i] * factor);
    }

    /// <summary>Moves every value away from the view's mean luma, or towards it.</summary>
    /// <param name="view">HWC, in [0,1].</param>
    /// <param name="factor">0 makes the mean, 1 changes nothing.</param>
    public static void Contrast(Span<float> view, float factor)
    {
        var sum = 0.0;
        for (var i = 0; i + 2 < view.Length; i += 3) sum += Grayscale.Luma(view[i], view[i + 1], view[i + 2]);
        var rest = (1 - factor) * (float)(sum / (view.Length / 3));
        for (var i = 0; i < view.Length; i++) view[i] = Clip(view[i] * factor + rest);
    }

    /// <summary>Moves every value away from its pixel's luma, or towards it.</summary>
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

    /// <summary>Turns the colour circle, by way of HSV.</summary>
    /// <param name="view">HWC, in [0,1].</param>
    /// <param name="shift">Share of the circle; −0.5 and 0.5 make the opposite colours, 0 changes nothing.</param>
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
}
