using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>The objective of multinomial logistic regression: f(W, b) = Σᵢ wᵢ·CE(Wxᵢ + b, yᵢ) + λ/2·‖W‖²;
/// the bias is not penalised.</summary>
/// <remarks>The two products with the features are fp32, as the features are; softmax, sums and gradient are fp64.</remarks>
/// <param name="features">x, [N,D] fp32.</param>
/// <param name="labels">y, [N] int64.</param>
/// <param name="weights">w, [N] fp64: what each image counts, with the sum 1; 0 leaves an image out.</param>
/// <param name="classes">C.</param>
/// <param name="penalty">λ.</param>
internal sealed class SoftmaxRegression(Tensor features, Tensor labels, Tensor weights, int classes, double penalty)
{
    /// <summary>Value and gradient at a point.</summary>
    /// <param name="theta">[C,D+1] row by row: for each class W, then b.</param>
    /// <param name="gradient">The same to fill.</param>
    public double Evaluate(double[] theta, double[] gradient)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using Scalar lambda = penalty;
        var parameters = tensor(theta).reshape(classes, -1);
        var w = parameters.narrow(1, 0, features.shape[1]);                                      // [C,D]
        var logs = LogProbabilities(features, parameters);                                       // [N,C]
        var loss = logs.gather(1, labels.unsqueeze(1)).squeeze(1).dot(weights);
        var slopes = logs.exp();
        slopes.scatter_add_(1, labels.unsqueeze(1), ones(labels.shape[0], 1, ScalarType.Float64).neg_());
        slopes.mul_(weights.unsqueeze(1));                                                       // [N,C]: w(p − y)
        var toWeights = slopes.to(ScalarType.Float32).t().mm(features).to(ScalarType.Float64).add_(w, lambda);   // [C,D]
        cat([toWeights, slopes.sum(0, keepdim: true).t()], 1).data<double>().CopyTo(gradient);
        return -loss.data<double>()[0] + penalty / 2 * w.mul(w).sum().data<double>()[0];
    }

    /// <summary>What the second derivatives are about: those at W = 0, where every class is as likely, without the mixed ones.</summary>
    /// <param name="squares">The mean square of each feature, D.</param>
    /// <param name="classes">C.</param>
    /// <param name="penalty">λ.</param>
    /// <returns>[C,D+1] row by row, as points are.</returns>
    public static double[] Curvature(double[] squares, int classes, double penalty)
    {
        var spread = (classes - 1.0) / classes / classes;   // p(1 − p)
        double[] row = [.. squares.Select(s => spread * s + penalty), spread];
        return [.. Enumerable.Repeat(row, classes).SelectMany(r => r)];
    }

    /// <summary>The mean square of each feature.</summary>
    /// <param name="features">[N,D] fp32.</param>
    public static double[] Squares(Tensor features)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        return [.. features.mul(features).mean([0]).to(ScalarType.Float64).data<double>()];
    }

    /// <summary>The log of each class's probability.</summary>
    /// <param name="features">[N,D] fp32.</param>
    /// <param name="parameters">[C,D+1] fp64.</param>
    /// <returns>[N,C] fp64; the caller's dispose scope owns it.</returns>
    public static Tensor LogProbabilities(Tensor features, Tensor parameters) => nn.functional.log_softmax(Scores(features, parameters), 1);

    /// <summary>xWᵀ + b. The product is taken as W·xᵀ:
    /// with ten classes and thousands of images it is several times faster that way round.</summary>
    /// <param name="features">[N,D] fp32.</param>
    /// <param name="parameters">[C,D+1] fp64.</param>
    /// <returns>[N,C] fp64; the caller's dispose scope owns it.</returns>
    public static Tensor Scores(Tensor features, Tensor parameters)
    {
        using Scalar one = 1;
        var d = features.shape[1];
        var products = parameters.narrow(1, 0, d).to(ScalarType.Float32).mm(features.t());      // [C,N]
        return products.to(ScalarType.Float64).add_(parameters.narrow(1, d, 1), one).t().contiguous();
    }
}
