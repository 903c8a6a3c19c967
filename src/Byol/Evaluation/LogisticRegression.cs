using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>Multinomial logistic regression with an L2 penalty, by Newton's method.</summary>
internal static class LogisticRegression
{
    private const double Approach = 0.1;   // the tolerance of the fits with a stronger penalty on the way

    /// <summary>Fits a classifier: the minimum of C·Σ CE + ‖W‖²/2, scikit-learn's objective
    /// (<c>LogisticRegression(C, multi_class="multinomial")</c>).</summary>
    /// <remarks>With the default tolerance the objective is within 10⁻⁶ of its minimum, relative to it, on all features that
    /// <c>bench/results/*/probe.md</c> lists.</remarks>
    /// <param name="features">[N,D] fp32, of about the same scale in all dimensions.</param>
    /// <param name="labels">N class indices.</param>
    /// <param name="classes">Number of classes; those without an image end up with a low bias.</param>
    /// <param name="c">C, the inverse of the regularization.</param>
    /// <param name="options">When to end, or null for the defaults.</param>
    public static LinearClassifier Fit(Tensor features, IReadOnlyList<int> labels, int classes, double c, NewtonOptions? options = null)
    {
        using var axes = PrincipalAxes.Of(features);
        return Fit(axes, labels, classes, c, options ?? new NewtonOptions());
    }

    /// <summary>The same on features whose axes are known.</summary>
    /// <param name="axes">The features.</param>
    /// <param name="labels">N class indices.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="c">C.</param>
    /// <param name="options">When to end.</param>
    /// <param name="shares">What each image counts, N with the sum 1; null if all count the same.</param>
    internal static LinearClassifier Fit(
        PrincipalAxes axes, IReadOnlyList<int> labels, int classes, double c, NewtonOptions options, double[]? shares = null)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var weights = tensor(shares ?? [.. Enumerable.Repeat(1.0 / labels.Count, labels.Count)]).reshape(1, -1);
        var path = new RegularizationPath(axes.Features, Indices(labels), weights, classes);
        foreach (var stronger in Regularization.Grid.TakeWhile(g => g < c)) path.Advance(stronger, options with { Tolerance = Approach });
        var result = path.Advance(c, options);
        var parameters = axes.ToDimensions(path.Parameters[0]).DetachFromDisposeScope();
        return new LinearClassifier(parameters) { Gap = result.Gap, Converged = result.Converged };
    }

    /// <summary>Class indices as a tensor.</summary>
    internal static Tensor Indices(IReadOnlyList<int> labels) => tensor(labels.Select(l => (long)l).ToArray());
}
