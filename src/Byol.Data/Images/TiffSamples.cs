using BitMiracle.LibTiff.Classic;

namespace Byol.Data.Images;

/// <summary>The numbers of a TIFF's page as they are in the file, of 8 or 16 bits, in strips or tiles, together or one plane after
/// another.</summary>
/// <param name="tiff">The file, at the page.</param>
/// <param name="page">What the page is.</param>
internal sealed class TiffSamples(Tiff tiff, TiffDirectory page)
{
    /// <summary>Takes a part of a row: pixels beside each other, whose numbers lie side by side.</summary>
    /// <param name="sample">Which the first number of each pixel is; all of them follow, or this one alone.</param>
    /// <param name="x">Where it begins.</param>
    /// <param name="y">The row.</param>
    /// <param name="numbers">A byte each, or two in this machine's order.</param>
    public delegate void TakeRow(int sample, int x, int y, ReadOnlySpan<byte> numbers);

    /// <summary>Numbers of a pixel that come together.</summary>
    public int Together { get; } = tiff.GetField(TiffTag.PLANARCONFIG) is [var config, ..] && config.ToInt() == (int)PlanarConfig.SEPARATE
        ? 1
        : page.Samples;

    /// <summary>Hands on every number.</summary>
    /// <exception cref="InvalidDataException">A strip or tile cannot be decoded.</exception>
    public void ForEach(TakeRow take)
    {
        var isTiled = tiff.IsTiled();
        var (width, height) = ((int)page.Width, (int)page.Height);
        var (blockWidth, blockHeight) = ((int)page.BlockWidth, (int)page.BlockHeight);
        var stride = checked(blockWidth * Together * page.Bits / 8);
        var block = new byte[checked(blockHeight * stride)];
        for (var plane = 0; plane < page.Samples; plane += Together)
        {
            for (var top = 0; top < height; top += blockHeight)
            {
                for (var left = 0; left < width; left += blockWidth)
                {
                    var (columns, rows) = (Math.Min(blockWidth, width - left), Math.Min(blockHeight, height - top));
                    Decode(block, isTiled, left, top, plane, isTiled ? block.Length : rows * stride);   // the last strip is shorter
                    for (var y = 0; y < rows; y++) take(plane, left, top + y, block.AsSpan(y * stride, columns * stride / blockWidth));
                }
            }
        }
    }

    private void Decode(byte[] block, bool isTiled, int left, int top, int plane, int length)
    {
        var read = isTiled
            ? tiff.ReadEncodedTile(tiff.ComputeTile(left, top, 0, (short)plane), block, 0, length)
            : tiff.ReadEncodedStrip(tiff.ComputeStrip(top, (short)plane), block, 0, length);
        if (read < length) throw new FormatException("a strip is damaged");
    }
}
