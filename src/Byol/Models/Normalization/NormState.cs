using Byol.Data.Kernels;
using Byol.Distributed;
using static TorchSharp.torch;

namespace Byol.Models.Normalization;

/// <summary>What a BatchNorm holds.</summary>
/// <param name="Weight">[C] fp32.</param>
/// <param name="Bias">[C] fp32.</param>
/// <param name="RunningMean">[C] fp32, changed in place.</param>
/// <param name="RunningVariance">[C] fp32, changed in place.</param>
/// <param name="Momentum">The share of the batch in the latter two.</param>
/// <param name="Epsilon">Is added to the variance.</param>
/// <param name="Ranks">Who has the other parts of the batch, as large as this.</param>
/// <param name="Kernels">The width of registers.</param>
internal sealed record NormState(
    Tensor Weight, Tensor Bias, Tensor RunningMean, Tensor RunningVariance, double Momentum, double Epsilon, ICollective Ranks,
    KernelSet Kernels)
{
    private static readonly KernelSet Widest = KernelSet.Current();

    /// <summary>A BatchNorm of one process with the widest registers.</summary>
    public static NormState New(Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVariance) =>
        new(weight, bias, runningMean, runningVariance, BatchNorm.UsualMomentum, BatchNorm.Epsilon, SingleProcess.Instance, Widest);
}
