namespace Byol.Models;

/// <summary>What an encoder costs, counted and not measured.</summary>
/// <param name="First">Multiply-adds of the first convolution for one image; its input needs no gradient.</param>
/// <param name="Rest">Those of all other convolutions. BatchNorm, ReLU and sums are not counted: below 1 %.</param>
public readonly record struct EncoderCost(long First, long Rest)
{
    /// <summary>Multiply-adds of one forward pass for one image.</summary>
    public long Forward => First + Rest;
}
