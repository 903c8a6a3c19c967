namespace Byol.Models;

/// <summary>What an encoder costs, counted and not measured.</summary>
/// <param name="first">Multiply-adds of the first convolution for one image; its input needs no gradient.</param>
/// <param name="rest">Those of all other convolutions. BatchNorm, ReLU and sums are not counted: below 1 %.</param>
internal readonly struct EncoderCost(long first, long rest)
{
    /// <summary>Multiply-adds of the first convolution for one image; its input needs no gradient.</summary>
    public long First { get; } = first;

    /// <summary>Those of all other convolutions. BatchNorm, ReLU and sums are not counted: below 1 %.</summary>
    public long Rest { get; } = rest;

    /// <summary>Multiply-adds of one forward pass for one image.</summary>
    public long Forward => First + Rest;
}
