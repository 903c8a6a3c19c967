using Byol.Distributed;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Method;

/// <summary>The coding rate of projections: how much room those of a batch take. It is not part of BYOL.</summary>
/// <remarks>R(Z) = ½ log det(I + d/(Bε²) ZᵀZ) over B projections of length 1 (Yu et al. 2020, arXiv 2006.08558, with ε² = 0.2 as in
/// EMP-SSL, arXiv 2304.03977). It is smallest if all are equal, ½ log(1 + d/ε²), and largest if they are orthogonal.</remarks>
internal static class CodingRate
{
    private const double SquaredDistortion = 0.2;

    /// <summary>2R/B, the share of an image, doubled as in the squared distance that the loss is.</summary>
    /// <param name="z">Online projections of one view, [B,d], of any length but 0.</param>
    /// <param name="ranks">The ranks that have the other projections of the batch, each as many.</param>
    /// <returns>A scalar in fp32, or fp64 for such projections. Its value is that of the whole batch; over the ranks, gradients have to be
    /// averaged, as those of the loss.</returns>
    public static Tensor OfImage(Tensor z, ICollective ranks)
    {
        var unit = ByolLoss.Normalize(z);                                                     // [B,d]
        var (b, d) = (unit.shape[0], unit.shape[1]);
        // ZᵀZ is a sum over images and so over ranks; det(I + ZᵀZ) = det(I + ZZᵀ), and the smaller of the two is faster.
        var products = ranks.Count > 1 ? OfAllRanks(unit.t().matmul(unit), ranks)
            : b < d ? unit.matmul(unit.t())
            : unit.t().matmul(unit);
        using Scalar scale = d / (b * ranks.Count * SquaredDistortion), share = 1.0 / b;
        var identity = eye(products.shape[0], dtype: products.dtype, device: products.device);
        var (_, logDeterminant) = linalg.slogdet(identity.add(products, scale));
        return logDeterminant.mul(share);
    }

    /// <summary>A loss less w times this rate of each of some projections: what is minimized then.</summary>
    /// <param name="loss">A scalar.</param>
    /// <param name="weight">w; 0 leaves the loss itself.</param>
    /// <param name="ranks">As in <see cref="OfImage"/>.</param>
    /// <param name="projections">z of each view, [B,d].</param>
    public static Tensor SubtractFrom(Tensor loss, double weight, ICollective ranks, params ReadOnlySpan<Tensor> projections)
    {
        if (weight == 0) return loss;
        using Scalar minus = -weight;
        foreach (var z in projections) loss = loss.add(OfImage(z, ranks), minus);
        return loss;
    }

    // The other ranks' part is a constant here: each has the gradient of its own part.
    private static Tensor OfAllRanks(Tensor own, ICollective ranks)
    {
        var all = own.detach().clone();
        ranks.Sum(all);
        using Scalar one = 1, minus = -1;
        return own.add(all.add_(own.detach(), minus), one);
    }
}
