using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>Features along their principal axes, with a column of ones for the bias: x′ = [(x − μ)A, 1].</summary>
/// <remarks>
/// The bias is not penalized, so that it takes up a shift; without one it would stand aslant to dimensions that hardly vary.
/// ‖W‖ does not change under rotation and the weights of the minimum lie in the span of the images, so that the same classifier is found
/// along these axes. Three things are gained. Where images are fewer than dimensions, or dimensions repeat one another, there are fewer axes.
/// Along them XᵀX is diagonal, so that its inverse, which <see cref="SoftmaxRegression.Preconditioner"/> needs, costs nothing. And each
/// axis is rounded relative to its own size: in fp32 axes of tiny variance would otherwise drown in the rounding of the large ones.
/// XᵀX squares the decades that the deviations span; it is computed in fp64.
/// </remarks>
/// <param name="Features">x′, [N,R+1] fp32.</param>
/// <param name="Mean">μ, [1,D] fp32.</param>
/// <param name="Axes">A, [D,R] fp64, orthonormal columns.</param>
internal sealed record PrincipalAxes(Tensor Features, Tensor Mean, Tensor Axes) : IDisposable
{
    // Of the largest eigenvalue of XᵀX; below it are rounding and repeated dimensions: an eigenvalue is known to about 1e-16 of the largest.
    private const double Negligible = 1e-14;

    // Nothing is divided by 0 if all images have the same features.
    private const double Smallest = 1e-60;

    /// <summary>Finds the axes of features and measures the features along them.</summary>
    /// <param name="features">[N,D] fp32.</param>
    public static PrincipalAxes Of(Tensor features)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using Scalar minusOne = -1, least = Smallest;
        var mean = features.mean([0], keepdim: true);
        features = features.add(mean, minusOne);
        var few = features.shape[0] < features.shape[1];
        var (values, vectors) = linalg.eigh(few ? InBlocks.Gram(features.t()) : InBlocks.Gram(features));   // rising
        var spread = values.data<double>().ToArray();
        var rank = Math.Max(1, spread.Count(v => v > Negligible * spread[^1]));
        vectors = vectors.narrow(1, spread.Length - rank, rank);
        var deviations = values.narrow(0, spread.Length - rank, rank).clamp_min_(least).sqrt();
        // XXᵀ = US²Uᵀ: then the features along the axes are US, and the axes XᵀU/S.
        var rotated = few ? vectors.mul(deviations) : InBlocks.Product(features, vectors);
        var axes = few ? InBlocks.Product(features.t(), vectors.div(deviations)) : vectors;
        var withOnes = cat([rotated.to(ScalarType.Float32), ones(rotated.shape[0], 1)], 1);
        return new PrincipalAxes(withOnes.DetachFromDisposeScope(), mean.DetachFromDisposeScope(), axes.clone().DetachFromDisposeScope());
    }

    /// <summary>Parameters along the axes as parameters of the dimensions.</summary>
    /// <param name="theta">[C,R+1] fp64: for each class W, then b.</param>
    /// <returns>[C,D+1] fp64; the caller's dispose scope owns it.</returns>
    public Tensor ToDimensions(Tensor theta)
    {
        using var scope = NewDisposeScope();
        using Scalar minusOne = -1;
        var rank = Axes.shape[1];
        var weights = theta.narrow(1, 0, rank).mm(Axes.t());                                     // [C,D]
        var bias = theta.narrow(1, rank, 1).add(weights.mm(Mean.to(ScalarType.Float64).t()), minusOne);
        return cat([weights, bias], 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Features.Dispose();
        Mean.Dispose();
        Axes.Dispose();
    }
}
