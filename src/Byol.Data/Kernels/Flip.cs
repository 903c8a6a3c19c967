using System.Runtime.InteropServices;

namespace Byol.Data.Kernels;

/// <summary>Moves pixels of a view to other places, exactly: nothing is resampled.</summary>
internal static class Flip
{
    private readonly record struct Pixel(float Red, float Green, float Blue);

    /// <summary>Exchanges left and right, in place.</summary>
    /// <param name="view">HWC, three channels.</param>
    /// <param name="width">Width in pixels.</param>
    public static void Apply(Span<float> view, int width) => Apply(view, width, new Window(0, 0, width, view.Length / 3 / width));

    /// <summary>Exchanges left and right within a part of a view, in place.</summary>
    /// <param name="view">HWC, three channels.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="window">The part.</param>
    public static void Apply(Span<float> view, int width, Window window)
    {
        var pixels = Pixels(view);
        for (var row = window.Y; row < window.Y + window.Height; row++) pixels.Slice(row * width + window.X, window.Width).Reverse();
    }

    /// <summary>Exchanges top and bottom, in place.</summary>
    /// <param name="view">HWC, three channels.</param>
    /// <param name="width">Width in pixels.</param>
    public static void Vertically(Span<float> view, int width)
    {
        Pixels(view).Reverse();     // turned by half a circle: left and right are exchanged too, and so exchanged back
        Apply(view, width);
    }

    /// <summary>Turns a square view counterclockwise, in place: <c>torch.rot90</c>.</summary>
    /// <param name="view">[S,S,3].</param>
    /// <param name="size">S.</param>
    /// <param name="quarters">Quarters of a circle, 0 to 3.</param>
    public static void Turn(Span<float> view, int size, int quarters)
    {
        var pixels = Pixels(view);
        if (quarters >= 2) pixels.Reverse();
        if (quarters % 2 == 0) return;
        // Four pixels at a time change places in a ring.
        for (var y = 0; y < size / 2; y++)
        {
            for (var x = 0; x < (size + 1) / 2; x++)
            {
                var (a, b, c, d) = (At(y, x), At(x, size - 1 - y), At(size - 1 - y, size - 1 - x), At(size - 1 - x, y));
                (pixels[a], pixels[b], pixels[c], pixels[d]) = (pixels[b], pixels[c], pixels[d], pixels[a]);
            }
        }

        int At(int row, int column) => row * size + column;
    }

    private static Span<Pixel> Pixels(Span<float> view) => MemoryMarshal.Cast<float, Pixel>(view);
}
