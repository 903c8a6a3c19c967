namespace Byol.Data.Images;

/// <summary>A decoded image: 8-bit RGB, rows from the top, channels interleaved (HWC).</summary>
/// <param name="pixels">Height × Width × 3 bytes, red first. May be a window into a larger buffer; never written to by readers.</param>
/// <param name="width">Width in pixels, at least 1.</param>
/// <param name="height">Height in pixels, at least 1.</param>
public readonly struct Image8(ReadOnlyMemory<byte> pixels, int width, int height)
{
    /// <summary>Height × Width × 3 bytes, red first. May be a window into a larger buffer; never written to by readers.</summary>
    public ReadOnlyMemory<byte> Pixels { get; internal init; } = pixels;

    /// <summary>Width in pixels, at least 1.</summary>
    public int Width { get; } = width;

    /// <summary>Height in pixels, at least 1.</summary>
    public int Height { get; } = height;

    /// <summary>Color channels of every image here.</summary>
    public const int Channels = 3;

    /// <summary>Width of the whole image as stored, upright; larger than <see cref="Width"/> if the decoder shrank it. Plans are drawn for
    /// this size.</summary>
    public int SourceWidth { get; internal init; } = width;

    /// <summary>Height of the whole image as stored, upright; larger than <see cref="Height"/> if the decoder shrank it. Plans are drawn
    /// for this size.</summary>
    public int SourceHeight { get; internal init; } = height;

    /// <summary>Whether the decoder shrank it.</summary>
    internal bool IsReduced => (Width, Height) != (SourceWidth, SourceHeight);
}
