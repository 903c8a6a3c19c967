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
        var costs = ResNetPlan.Of(options).At(imageSize).Select(c => Cost(c.Convolution, c.Side)).ToList();
        return new EncoderCost(costs[0], costs.Skip(1).Sum());
    }

    private static long Cost(PlannedConvolution c, long side) => c.After(side) * c.After(side) * c.Out * c.In * c.Kernel * c.Kernel;
}
