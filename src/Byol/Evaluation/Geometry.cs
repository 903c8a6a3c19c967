using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Evaluation;

/// <summary>How features lie in space: figures that need no labels. Everything is computed in fp64 on the processor.</summary>
internal static class Geometry
{
    private const int BlockRows = 512;   // rows of pairwise distances at once: memory grows with the images, not with their square

    /// <summary>The standard deviation of each dimension of L2-normalized features, averaged,
    /// times √D (Chen and He 2021, section 4.1).</summary>
    /// <param name="features">[N,D].</param>
    /// <returns>About 1 where features fill the sphere, 0 if all are the same.</returns>
    public static double NormalizedStd(Tensor features)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        return Math.Sqrt(features.shape[1]) * Unit(features).std(0, unbiased: false).mean().data<double>()[0];
    }

    /// <summary>RankMe (Garrido et al. 2023, eq. 1):
    /// exp(−Σ p ln p) of the singular values of the features, not centered, p = σ/Σσ.</summary>
    /// <param name="features">[N,D].</param>
    /// <returns>1 if all features are multiples of one vector, min(N,D) where all directions weigh the same.</returns>
    public static double EffectiveRank(Tensor features)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var singular = SingularValues(features.to(ScalarType.Float64, CPU));
        var sum = singular.Sum();
        return sum > 0 ? Math.Exp(-singular.Select(s => s / sum).Where(p => p > 0).Sum(p => p * Math.Log(p))) : 1;
    }

    /// <summary>Alignment (Wang and Isola 2020, α = 2):
    /// the mean squared distance between the normalized features of two views of an image.</summary>
    /// <param name="first">Of one view, [N,D].</param>
    /// <param name="second">Of the other, [N,D].</param>
    /// <returns>0 if views have the same feature, 4 if opposite.</returns>
    public static double Alignment(Tensor first, Tensor second)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using Scalar minusOne = -1;
        var distance = Unit(first).add_(Unit(second), minusOne);   // [N,D]
        return distance.mul_(distance).sum(dim: 1).mean().data<double>()[0];
    }

    /// <summary>Uniformity (Wang and Isola 2020, t = 2): ln of the mean of exp(−2‖u − v‖²) over all pairs of different images.</summary>
    /// <param name="features">[N,D], at least two rows.</param>
    /// <returns>0 if all are the same, near −4 where many features fill a sphere of many dimensions; never below −8.</returns>
    public static double Uniformity(Tensor features)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using Scalar four = 4, minusFour = -4, one = 1, none = double.NegativeInfinity;
        var unit = Unit(features);
        var (count, sum) = (features.shape[0], 0.0);
        for (var start = 0L; start < count; start += BlockRows)
        {
            using var block = NewDisposeScope();
            var rows = Math.Min(BlockRows, count - start);
            var exponents = unit.narrow(0, start, rows).mm(unit.t()).mul_(four).add_(minusFour, one);   // −2‖u − v‖² = 4·cos − 4, [B,N]
            exponents.narrow(1, start, rows).diagonal().fill_(none);                                   // an image and itself are not a pair
            sum += exponents.exp_().sum().data<double>()[0];
        }
        return Math.Log(sum / count / (count - 1));
    }

    /// <summary>The singular values of the covariance of features, largest first (Jing et al. 2022, section 4).</summary>
    /// <param name="features">[N,D].</param>
    /// <returns>min(N,D) values; directions that have collapsed are 0.</returns>
    public static IReadOnlyList<double> Spectrum(Tensor features)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using Scalar minusOne = -1;
        var full = features.to(ScalarType.Float64, CPU);
        // Those of the centered features, squared: the covariance itself would lose half of the digits.
        return [.. SingularValues(full.add(full.mean([0], keepdim: true), minusOne)).Select(s => s * s / features.shape[0])];
    }

    private static double[] SingularValues(Tensor matrix) => [.. linalg.svdvals(matrix).data<double>()];

    // ε keeps a zero vector at zero instead of NaN.
    private static Tensor Unit(Tensor features)
    {
        using var full = features.to(ScalarType.Float64, CPU);
        return functional.normalize(full, p: 2, dim: 1, eps: 1e-12);
    }
}
