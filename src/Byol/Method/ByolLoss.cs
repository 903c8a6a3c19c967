using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Method;

/// <summary>The regression loss between normalized predictions and projections (BYOL, eq. 2).</summary>
internal static class ByolLoss
{
    /// <summary>2 − 2·cos(q1, z2) and, views swapped, 2 − 2·cos(q2, z1), summed; the mean over the batch.</summary>
    /// <param name="q1">Online prediction of view 1, [B,d].</param>
    /// <param name="z2">Target projection of view 2, [B,d].</param>
    /// <param name="q2">Online prediction of view 2, [B,d].</param>
    /// <param name="z1">Target projection of view 1, [B,d].</param>
    /// <returns>A scalar, in fp32 for any type of the heads: 0 if all agree, 4 if orthogonal, 8 if opposite. Any positive scale of an input
    /// leaves it as it is.</returns>
    public static Tensor Symmetric(Tensor q1, Tensor z2, Tensor q2, Tensor z1)
    {
        using Scalar minusTwo = -2, four = 4, one = 1;
        using var cosines = MeanCosine(q1, z2).add_(MeanCosine(q2, z1), one);
        using var loss = cosines.mul(minusTwo).add_(four, one);
        return loss.sum();
    }

    /// <summary>2 − 2·cos(q, z), the mean over the batch: one of the two that <see cref="Symmetric"/> sums.</summary>
    /// <param name="q">Online prediction of one view, [B,d].</param>
    /// <param name="z">Target projection of the other, [B,d].</param>
    /// <returns>A scalar, 0 to 4.</returns>
    internal static Tensor OneWay(Tensor q, Tensor z)
    {
        using Scalar minusTwo = -2, two = 2, one = 1;
        using var cosine = MeanCosine(q, z);
        using var loss = cosine.mul(minusTwo).add_(two, one);
        return loss.sum();
    }

    private static Tensor MeanCosine(Tensor q, Tensor z)
    {
        using var unitQ = Normalize(q);
        using var unitZ = Normalize(z);
        using var products = unitQ.mul(unitZ);            // [B,d]
        using var cosines = products.sum(dim: 1);         // [B]
        return cosines.mean([0], keepdim: true);          // [1]: some devices make fp64 of fp32 without dimensions
    }

    /// <summary>Rows of length 1, in fp32 or fp64; ε keeps a zero vector at zero instead of NaN.</summary>
    /// <param name="x">[B,d].</param>
    internal static Tensor Normalize(Tensor x)
    {
        using var full = x.to(x.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32);
        return functional.normalize(full, p: 2, dim: 1, eps: 1e-12);
    }
}
