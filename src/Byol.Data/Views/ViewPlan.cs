using System.Globalization;
using System.Text;
using Byol.Data.Images;
using Byol.Data.Kernels;

namespace Byol.Data.Views;

/// <summary>A color operation of the jitter.</summary>
internal enum JitterStep
{
    /// <summary>Multiply.</summary>
    Brightness,

    /// <summary>Away from or toward the mean luma.</summary>
    Contrast,

    /// <summary>Away from or toward each pixel's luma.</summary>
    Saturation,

    /// <summary>Turn the color circle.</summary>
    Hue,
}

/// <summary>A rectangle of pixels.</summary>
/// <param name="X">Left.</param>
/// <param name="Y">Top.</param>
/// <param name="Width">At least 1.</param>
/// <param name="Height">At least 1.</param>
internal readonly record struct CropBox(int X, int Y, int Width, int Height)
{
    /// <summary>The largest reduction of the image, 8, 4, 2 or 1, that leaves this box at least as large as the view on each side,
    /// so that nothing is enlarged because of it.</summary>
    /// <param name="size">S, the side of the view in pixels.</param>
    public int Reduction(int size) => ImageBuffer.MostReduction(Math.Min(Width, Height), size);
}

/// <summary>The color jitter of one view: four factors and the order in which they apply.</summary>
/// <param name="Brightness">Factor; 1 changes nothing.</param>
/// <param name="Contrast">Factor; 1 changes nothing.</param>
/// <param name="Saturation">Factor; 1 changes nothing.</param>
/// <param name="Hue">Share of the color circle, −0.5 to 0.5; 0 changes nothing.</param>
/// <param name="Order">One of the 24 orders, 0 to 23, as <see cref="Step"/> reads it.</param>
internal readonly record struct Jitter(float Brightness, float Contrast, float Saturation, float Hue, int Order)
{
    /// <summary>The operation at a place of the order.</summary>
    /// <param name="place">0 to 3.</param>
    public JitterStep Step(int place)
    {
        // Lehmer code: each digit picks among the operations that are left.
        Span<JitterStep> left = [JitterStep.Brightness, JitterStep.Contrast, JitterStep.Saturation, JitterStep.Hue];
        ReadOnlySpan<int> radix = [6, 2, 1, 1];
        var (code, count) = (Order, 4);
        for (var i = 0; ; i++)
        {
            var digit = code / radix[i];
            code %= radix[i];
            var step = left[digit];
            if (i == place) return step;
            left[(digit + 1)..count].CopyTo(left[digit..]);
            count--;
        }
    }
}

/// <summary>Every random choice of one view, as data: equal plans render equal views.</summary>
/// <param name="Crop">The part of the image that is seen.</param>
/// <param name="Flip">Whether left and right are exchanged.</param>
/// <param name="Jitter">The color jitter, or null for none.</param>
/// <param name="Grayscale">Whether colors are dropped.</param>
/// <param name="BlurSigma">σ of the Gaussian blur in pixels; 0 for none.</param>
/// <param name="Solarize">Whether bright pixels are inverted.</param>
internal readonly record struct ViewPlan(CropBox Crop, bool Flip, Jitter? Jitter, bool Grayscale, float BlurSigma, bool Solarize)
{
    /// <summary>Whether top and bottom are exchanged.</summary>
    public bool FlipVertically { get; init; }

    /// <summary>By how many quarters of a circle the view is turned, counterclockwise, 0 to 3.</summary>
    public int QuarterTurns { get; init; }

    /// <summary>The part of the view that the crop fills, on the mean color; null for all of it.</summary>
    public Window? Window { get; init; }

    /// <summary>The largest reduction of the image, 8, 4, 2 or 1, because of which nothing is enlarged.</summary>
    /// <param name="size">S, the side of the view in pixels.</param>
    public int Reduction(int size) => Window is not { } window ? Crop.Reduction(size)
        : Math.Min(ImageBuffer.MostReduction(Crop.Width, window.Width), ImageBuffer.MostReduction(Crop.Height, window.Height));

    /// <summary>The plan in words.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture,
            $"crop {Crop.Width}x{Crop.Height} at ({Crop.X},{Crop.Y})"));
        if (Window is { } window)
            text.Append(CultureInfo.InvariantCulture, $", in {window.Width}x{window.Height} at ({window.X},{window.Y}) of the view");
        if (Flip) text.Append(", flipped");
        if (FlipVertically) text.Append(", upside down");
        if (QuarterTurns > 0) text.Append(CultureInfo.InvariantCulture, $", turned {90 * QuarterTurns}°");
        if (Jitter is { } jitter)
        {
            for (var i = 0; i < 4; i++)
            {
                text.Append(jitter.Step(i) switch
                {
                    JitterStep.Brightness => string.Create(CultureInfo.InvariantCulture, $", brightness {jitter.Brightness:F2}"),
                    JitterStep.Contrast => string.Create(CultureInfo.InvariantCulture, $", contrast {jitter.Contrast:F2}"),
                    JitterStep.Saturation => string.Create(CultureInfo.InvariantCulture, $", saturation {jitter.Saturation:F2}"),
                    _ => string.Create(CultureInfo.InvariantCulture, $", hue {MathF.Round(jitter.Hue, 2) + 0f:+0.00;-0.00}"),
                });
            }
        }
        if (Grayscale) text.Append(", gray");
        if (BlurSigma > 0) text.Append(CultureInfo.InvariantCulture, $", blur σ {BlurSigma:F2}");
        if (Solarize) text.Append(", solarized");
        return text.ToString();
    }
}
