using System.Globalization;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>The linear probe on cached features of center views (BYOL, appendix D): multinomial logistic regression, its
/// regularizer chosen on the training images, then fitted on all of them.</summary>
internal static class LinearProbe
{
    /// <summary>Fits on labeled features and scores others.</summary>
    /// <param name="labeled">Features and labels to learn from.</param>
    /// <param name="queries">[M,D] fp32.</param>
    /// <param name="seed">Draws the folds of the cross-validation.</param>
    /// <param name="warn">Receives a line if the fit did not reach its minimum.</param>
    /// <returns>[M,C] fp32; the caller's dispose scope owns it.</returns>
    public static Tensor Scores(FeatureBank labeled, Tensor queries, ulong seed, Action<string>? warn = null) =>
        Scores(labeled, queries, seed, warn, new NewtonOptions());

    internal static Tensor Scores(FeatureBank labeled, Tensor queries, ulong seed, Action<string>? warn, NewtonOptions options)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using var threads = new ProbeThreads(labeled.Features.numel() * labeled.Classes.Count);
        using var axes = PrincipalAxes.Of(labeled.Features);
        var classes = labeled.Classes.Count;
        var c = Regularization.Choose(axes, labeled.Labels, classes, seed);
        using var classifier = LogisticRegression.Fit(axes, labeled.Labels, classes, c, options);
        if (!classifier.Converged) warn?.Invoke(Unfinished(labeled.Features, c, classifier.Gap, options));
        return classifier.Scores(queries).MoveToOuterDisposeScope();
    }

    /// <summary>What is said of a fit that did not reach its minimum.</summary>
    internal static string Unfinished(Tensor features, double c, double gap, NewtonOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"The linear probe's objective is about {gap:0.0e0} above its minimum (relative) after {options.MaxIterations} steps "
        + $"(C = {c}, {features.shape[0]} x {features.shape[1]} features); {options.Tolerance:0.0e0} is the limit. "
        + $"The accuracy may be off: use more labels, or compare with Knn.Accuracy.");
}
