using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>Brings each dimension of features to mean 0 and standard deviation 1 (scikit-learn's <c>StandardScaler</c>).</summary>
/// <remarks>
/// Why the linear probe has it: one grid of C then means the same for pixels and for any encoder, and the fit takes few steps.
/// Mean and deviation come from all training images: they need no label, and of ten labeled images they would be noise.
/// </remarks>
/// <param name="Mean">[1,D] fp32.</param>
/// <param name="Deviation">[1,D] fp32; 1 where a dimension is constant.</param>
internal sealed record Standardization(Tensor Mean, Tensor Deviation) : IDisposable
{
    private const float Constant = 1e-6f;   // relative to the widest dimension; below it is rounding

    /// <summary>Measures features.</summary>
    /// <param name="features">[N,D] fp32.</param>
    public static Standardization Of(Tensor features)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var deviation = features.std(0, unbiased: false, keepdim: true);
        using Scalar share = Constant, least = float.Epsilon;
        var isConstant = deviation.le(deviation.max().mul(share).clamp_min_(least));
        return new Standardization(
            features.mean([0], keepdim: true).DetachFromDisposeScope(),
            where(isConstant, ones_like(deviation), deviation).DetachFromDisposeScope());
    }

    /// <summary>One scale for all dimensions: what principal components need, whose variances are what they say.</summary>
    /// <param name="features">[N,D] fp32.</param>
    public static Standardization Common(Tensor features)
    {
        using var each = Of(features);
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var overall = each.Deviation.mul(each.Deviation).mean().sqrt();
        return new Standardization(
            each.Mean.clone().DetachFromDisposeScope(), ones_like(each.Deviation).mul_(overall).DetachFromDisposeScope());
    }

    /// <summary>(x − mean)/deviation.</summary>
    /// <param name="features">[M,D] fp32.</param>
    /// <returns>[M,D]; the caller owns it, no dispose scope does.</returns>
    public Tensor Apply(Tensor features)
    {
        using Scalar minusOne = -1;
        return features.add(Mean, minusOne).div_(Deviation).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Deviation.Dispose();
    }
}
