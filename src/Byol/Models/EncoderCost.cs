namespace Byol.Models;

/// <summary>What an encoder costs, counted and not measured.</summary>
/// <param name="First">Multiply-adds of the first convolution for one image; its input needs no gradient.</param>
/// <param name="Rest">Those of all other convolutions. BatchNorm, ReLU and sums are not counted: below 1 %.</param>
public readonly record struct EncoderCost(long First, long Rest)
{
    /// <summary>Multiply-adds of one forward pass for one image.</summary>
    public long Forward => First + Rest;

    /// <summary>Counts an encoder's work.</summary>
    /// <param name="options">Depth, width and stem.</param>
    /// <param name="imageSize">S, in pixels.</param>
    /// <exception cref="ArgumentException">The options make no encoder.</exception>
    public static EncoderCost Of(EncoderOptions options, int imageSize)
    {
        options.Validate();
        var channels = (long)(64 * options.Width);
        var (kernel, stride) = options.Stem == Stem.ImageNet ? (7, 2) : (3, options.Stem == Stem.Small ? 1 : 2);
        var side = After(imageSize, stride);
        var first = side * side * channels * 3 * kernel * kernel;
        if (options.Stem == Stem.ImageNet) side = After(side, 2);

        var bottleneck = options.Depth >= 50;
        var (rest, width) = (0L, channels);
        foreach (var (blocks, stage) in ResNet.Blocks[options.Depth].Select((count, i) => (count, i)))
        {
            for (var block = 0; block < blocks; block++)
            {
                var entered = side;
                side = After(side, block == 0 && stage > 0 ? 2 : 1);
                var leaves = bottleneck ? width * Bottleneck.Expansion : width;
                rest += bottleneck
                    ? entered * entered * channels * width + side * side * (9 * width * width + width * leaves)
                    : side * side * (9 * channels * width + 9 * width * width);
                if (side != entered || channels != leaves) rest += side * side * channels * leaves;
                channels = leaves;
            }
            width *= 2;
        }
        return new EncoderCost(first, rest);
    }

    // Padding keeps the size at stride 1; at stride 2 an odd last row counts.
    private static long After(long side, int stride) => (side + stride - 1) / stride;
}
