using System.Runtime.InteropServices;

namespace Byol.Data.Kernels;

/// <summary>Exchanges left and right.</summary>
internal static class Flip
{
    private readonly record struct Pixel(float Red, float Green, float Blue);

    /// <summary>Flips a view in place.</summary>
    /// <param name="view">HWC, three channels.</param>
    /// <param name="width">Width in pixels.</param>
    public static void Apply(Span<float> view, int width)
    {
        var pixels = MemoryMarshal.Cast<float, Pixel>(view);
        for (var row = 0; row < pixels.Length; row += width) pixels.Slice(row, width).Reverse();
    }
}
