namespace Byol.Data.Images;

/// <summary>A decoded image: 8-bit RGB, rows from the top, channels interleaved (HWC).</summary>
/// <param name="Pixels">Height × Width × 3 bytes, red first. May be a window into a larger buffer; never written to by readers.</param>
/// <param name="Width">Width in pixels, at least 1.</param>
/// <param name="Height">Height in pixels, at least 1.</param>
public readonly record struct Image8(ReadOnlyMemory<byte> Pixels, int Width, int Height)
{
    /// <summary>Color channels of every image here.</summary>
    public const int Channels = 3;

    /// <summary>Width of the whole image as stored, upright; above <see cref="Width"/> where the decoder shrank it.
    /// Plans are drawn for this size.</summary>
    public int SourceWidth { get; init; } = Width;

    /// <summary>Height of the whole image as stored, upright; above <see cref="Height"/> where the decoder shrank it.
    /// Plans are drawn for this size.</summary>
    public int SourceHeight { get; init; } = Height;

    /// <summary>Whether the decoder shrank it.</summary>
    public bool IsReduced => (Width, Height) != (SourceWidth, SourceHeight);
}
