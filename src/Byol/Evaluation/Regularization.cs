using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>The strength of the L2 penalty, chosen by cross-validation among the training images alone.</summary>
internal static class Regularization
{
    private const int MostFolds = 5, Patience = 2, EnoughImages = 2000;
    private static readonly NewtonOptions Rough = new(Tolerance: 1e-2);

    /// <summary>The values of C that are tried: strong to weak, in decades,
    /// as scikit-learn's <c>LogisticRegressionCV</c> tries them.</summary>
    public static IReadOnlyList<double> Grid { get; } = [.. Enumerable.Range(-4, 9).Select(e => Math.Pow(10, e))];

    /// <summary>What is used if there is nothing to validate on, one label for each class: scikit-learn's default.</summary>
    public const double Default = 1;

    /// <summary>The C whose classifiers, fitted on all folds but one, do best on the images of that one: by balanced accuracy, and by
    /// likelihood among those whose balanced accuracy is within half a standard error of the highest.</summary>
    /// <remarks>
    /// Likelihood alone underrates weak penalties where classes are unequal or confident mistakes are few. Accuracy alone moves in steps of
    /// whole images: with a handful of labels it ties, or differs by chance. Balanced accuracy, the mean of the classes' recalls, is the
    /// accuracy where classes are equal. The standard error of a share p among n images is √(p(1 − p)/n).
    /// The grid is left once two values in a row were best in neither respect. Folds after those that hold 2,000 images together are left
    /// out: enough is known then.
    /// </remarks>
    /// <param name="features">[N,D] fp32.</param>
    /// <param name="labels">N class indices.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Draws the folds.</param>
    public static double Choose(Tensor features, IReadOnlyList<int> labels, int classes, ulong seed)
    {
        using var axes = PrincipalAxes.Of(features);
        return Choose(axes, labels, classes, seed);
    }

    /// <summary>The same on features whose axes are known.</summary>
    internal static double Choose(PrincipalAxes axes, IReadOnlyList<int> labels, int classes, ulong seed)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var folds = Folds.Draw(labels, MostFolds, EnoughImages, seed);
        if (folds.Held.Count == 0) return Default;
        var path = new RegularizationPath(axes.Features, LogisticRegression.Indices(labels), folds.Weights(), classes);
        return Choose(path, folds, Rough).C;
    }

    /// <summary>The same of fits that are given.</summary>
    /// <param name="path">Fits that have not advanced yet, one for each of the folds'.</param>
    /// <param name="folds">Folds that hold out at least one image.</param>
    /// <param name="options">When the fit of a C ends.</param>
    /// <param name="tried">Called after the fits of each C: <paramref name="path"/> is where they ended.</param>
    internal static ValidationResult Choose(RegularizationPath path, Folds folds, NewtonOptions options, Action<double>? tried = null)
    {
        var results = new List<ValidationResult>();
        var worse = 0;
        foreach (var c in Grid)
        {
            path.Advance(c, options);
            var result = folds.Validate(c, path.Scores, path.Losses());
            var isWorse = results.Any(r => r.Loss <= result.Loss) && results.Any(r => r.BalancedAccuracy >= result.BalancedAccuracy);
            worse = isWorse ? worse + 1 : 0;
            results.Add(result);
            tried?.Invoke(c);
            if (worse == Patience) break;
        }
        return Best(results, folds.Held.Count);
    }

    /// <summary>The highest likelihood among those of nearly the highest balanced accuracy.</summary>
    /// <param name="results">One for each C.</param>
    /// <param name="images">Images that were validated on.</param>
    internal static ValidationResult Best(IReadOnlyList<ValidationResult> results, int images)
    {
        var highest = results.Max(r => r.BalancedAccuracy);
        var standardError = Math.Sqrt(highest * (1 - highest) / images);
        return results.Where(r => r.BalancedAccuracy >= highest - standardError / 2 - 1e-12).MinBy(r => r.Loss)!;
    }
}
