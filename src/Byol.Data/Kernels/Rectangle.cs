namespace Byol.Data.Kernels;

/// <summary>A part of an image, in pixels; fractions where the image is a reduced one.</summary>
/// <param name="X">Left.</param>
/// <param name="Y">Top.</param>
/// <param name="Width">Above 0.</param>
/// <param name="Height">Above 0.</param>
internal readonly record struct Rectangle(double X, double Y, double Width, double Height);
