namespace Byol.Data.Kernels;

/// <summary>The part of a square view that is drawn in, in whole pixels.</summary>
/// <param name="X">Left.</param>
/// <param name="Y">Top.</param>
/// <param name="Width">At least 1.</param>
/// <param name="Height">At least 1.</param>
internal readonly record struct Window(int X, int Y, int Width, int Height)
{
    /// <summary>All of a view.</summary>
    /// <param name="size">S, the side of the view in pixels.</param>
    public static Window All(int size) => new(0, 0, size, size);

    /// <summary>Where a whole image lies in a view if its proportions are kept and its long side fills the view's: in the middle, rounded
    /// as by Pillow's <c>ImageOps.pad</c>.</summary>
    /// <param name="size">S, the side of the view in pixels.</param>
    /// <param name="width">Width of the image in pixels.</param>
    /// <param name="height">Height of the image in pixels.</param>
    public static Window Containing(int size, int width, int height)
    {
        var inner = (Width: size, Height: size);
        if (width > height) inner.Height = Math.Max(1, (int)Math.Round((double)height / width * size));
        else if (height > width) inner.Width = Math.Max(1, (int)Math.Round((double)width / height * size));
        var (x, y) = ((int)Math.Round((size - inner.Width) * 0.5), (int)Math.Round((size - inner.Height) * 0.5));
        return new Window(x, y, inner.Width, inner.Height);
    }
}
