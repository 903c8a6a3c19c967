namespace Byol.Data.Images;

/// <summary>A decoded image: 8-bit RGB, rows from the top, channels interleaved (HWC).</summary>
/// <param name="Pixels">Height × Width × 3 bytes, red first. May be a window into a larger buffer; never written to by readers.</param>
/// <param name="Width">Width in pixels, at least 1.</param>
/// <param name="Height">Height in pixels, at least 1.</param>
public readonly record struct Image8(ReadOnlyMemory<byte> Pixels, int Width, int Height)
{
    /// <summary>Colour channels of every image here.</summary>
    public const int Channels = 3;
}
