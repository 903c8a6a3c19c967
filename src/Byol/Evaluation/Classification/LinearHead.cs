using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Evaluation.Classification;

/// <summary>The head of a frozen encoder: logistic regression on standardized features. Cross-validation chooses C, and its scores of the
/// held-out images give the temperature.</summary>
/// <param name="classes">C.</param>
/// <param name="balanced">Whether classes count the same; otherwise images do.</param>
/// <param name="warn">Receives a line if a fit did not reach its minimum.</param>
internal sealed class LinearHead(int classes, bool balanced, Action<string>? warn)
{
    private const int EnoughImages = 2000;   // held-out images, for C and T

    // Held-out scores must be as extreme as those of the head itself, or the temperature would be that of others.
    private static readonly NewtonOptions HeldOut = new(Tolerance: 1e-4);

    /// <summary>Fits the head.</summary>
    /// <param name="features">[N,D] fp32.</param>
    /// <param name="labels">N class indices.</param>
    /// <param name="fold">The fold of each image, for C and T.</param>
    public CalibratedHead Fit(Tensor features, IReadOnlyList<int> labels, IReadOnlyList<int> fold)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using var threads = new ProbeThreads(features.numel() * classes);
        using var scale = Standardization.Of(features);
        using var standardized = scale.Apply(features);
        using var axes = PrincipalAxes.Of(standardized);
        var (c, calibration) = Choose(axes, labels, fold);
        var shares = ClassWeights.Shares(labels, classes, null, balanced);
        using var fitted = LogisticRegression.Fit(axes, labels, classes, c, new NewtonOptions(), shares);
        if (!fitted.Converged) warn?.Invoke(LinearProbe.Unfinished(features, c, fitted.Gap, new NewtonOptions()));
        return new CalibratedHead(Folded(fitted, scale), calibration);
    }

    private (double C, Calibration Calibration) Choose(PrincipalAxes axes, IReadOnlyList<int> labels, IReadOnlyList<int> fold)
    {
        var folds = Folds.Of(labels, fold, fold.Max() + 1, EnoughImages);
        if (folds.Held.Count == 0) return (Regularization.Default, Calibration.None(classes));
        var weights = tensor(folds.Fitted.SelectMany(f => ClassWeights.Shares(labels, classes, f, balanced)).ToArray());
        var path = new RegularizationPath(
            axes.Features, LogisticRegression.Indices(labels), weights.reshape(folds.Fitted.Count, -1), classes);
        var logits = new Dictionary<double, float[]>();
        var best = Regularization.Choose(path, folds, HeldOut, c => logits[c] = folds.HeldScores(path.Scores));
        return (best.C, Calibration.Fit(
            logits[best.C], [.. folds.Held.Select(h => h.Label)], Calibration.Frequencies(labels, classes, balanced)));
    }

    // W(x − μ)/σ + b = (W/σ)x + (b − (W/σ)μ).
    private static LinearClassifier Folded(LinearClassifier fitted, Standardization scale)
    {
        using var scope = NewDisposeScope();
        using Scalar minusOne = -1;
        var (mean, deviation) = (scale.Mean.to(ScalarType.Float64), scale.Deviation.to(ScalarType.Float64));   // [1,D]
        var dimension = mean.shape[1];
        var weights = fitted.Parameters.narrow(1, 0, dimension).div(deviation);                                // [C,D]
        var bias = fitted.Parameters.narrow(1, dimension, 1).add(weights.mm(mean.t()), minusOne);               // [C,1]
        return new LinearClassifier(cat([weights, bias], 1).DetachFromDisposeScope()) { Gap = fitted.Gap, Converged = fitted.Converged };
    }
}
