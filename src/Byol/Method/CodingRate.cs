using Byol.Distributed;
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
        var scaled = products * (d / (b * ranks.Count * SquaredDistortion));
        var (_, logDeterminant) = linalg.slogdet(scaled + eye(scaled.shape[0], dtype: scaled.dtype, device: scaled.device));
        return logDeterminant / b;
    }

    // The other ranks' part is a constant here: each has the gradient of its own part.
    private static Tensor OfAllRanks(Tensor own, ICollective ranks)
    {
        var all = own.detach().clone();
        ranks.Sum(all);
        return own + (all - own.detach());
    }
}
