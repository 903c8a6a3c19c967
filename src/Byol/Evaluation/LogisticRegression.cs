using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>A linear classifier: scores are Wx + b.</summary>
/// <param name="Parameters">[C,D+1] fp64: for each class W, then b.</param>
public sealed record LinearClassifier(Tensor Parameters) : IDisposable
{
    /// <summary>Scores of feature vectors.</summary>
    /// <param name="features">[M,D] fp32.</param>
    /// <returns>[M,C] fp32; the caller's dispose scope owns it.</returns>
    public Tensor Scores(Tensor features)
    {
        using var scores = SoftmaxRegression.Scores(features, Parameters);
        return scores.to(ScalarType.Float32);
    }

    /// <inheritdoc/>
    public void Dispose() => Parameters.Dispose();
}

/// <summary>Multinomial logistic regression with an L2 penalty, by <see cref="Lbfgs"/>.</summary>
public static class LogisticRegression
{
    /// <summary>Fits a classifier: the minimum of C·Σ CE + ‖W‖²/2, scikit-learn's objective
    /// (<c>LogisticRegression(C, multi_class="multinomial")</c>).</summary>
    /// <param name="features">[N,D] fp32.</param>
    /// <param name="labels">N class indices.</param>
    /// <param name="classes">Number of classes; those without an image end up with a low bias.</param>
    /// <param name="c">C, the inverse of the regularisation.</param>
    /// <param name="options">When to end, or null for the defaults. The tolerance is that of the objective divided by C·N.</param>
    public static LinearClassifier Fit(Tensor features, IReadOnlyList<int> labels, int classes, double c, LbfgsOptions? options = null)
    {
        using var scope = NewDisposeScope();
        var count = labels.Count;
        using Scalar share = 1.0 / count;
        var objective = new SoftmaxRegression(
            features, Indices(labels), ones(count, ScalarType.Float64).mul_(share), classes, 1 / (c * count));
        var theta = new double[(features.shape[1] + 1) * classes];
        var curvature = SoftmaxRegression.Curvature(SoftmaxRegression.Squares(features), classes, 1 / (c * count));
        Lbfgs.Minimize(objective.Evaluate, theta, options ?? new LbfgsOptions(), curvature);
        return new LinearClassifier(tensor(theta).reshape(classes, -1).DetachFromDisposeScope());
    }

    /// <summary>Class indices as a tensor.</summary>
    internal static Tensor Indices(IReadOnlyList<int> labels) => tensor(labels.Select(l => (long)l).ToArray());
}
