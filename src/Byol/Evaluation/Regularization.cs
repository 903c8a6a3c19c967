using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>The strength of the L2 penalty, chosen by cross-validation among the training images alone.</summary>
public static class Regularization
{
    private const int MostFolds = 5, Patience = 2, EnoughImages = 2000;
    private static readonly LbfgsOptions Rough = new(GradientTolerance: 1e-3, MaxIterations: 100);

    /// <summary>The values of C that are tried: strong to weak, in decades,
    /// as scikit-learn's <c>LogisticRegressionCV</c> tries them.</summary>
    public static IReadOnlyList<double> Grid { get; } = [.. Enumerable.Range(-4, 9).Select(e => Math.Pow(10, e))];

    /// <summary>What is used where there is nothing to validate on, one label for each class: scikit-learn's default.</summary>
    public const double Default = 1;

    /// <summary>The C whose classifiers, fitted on all folds but one, give the images of that one the highest likelihood.</summary>
    /// <remarks>Likelihood and not accuracy: with a handful of labels accuracy moves in steps of whole images and ties. Each fit begins
    /// where the one before, with ten times the penalty, ended; the grid is left once two values in a row were worse than the best. Folds
    /// after those that hold 2,000 images together are left out: their likelihood is known well enough then.</remarks>
    /// <param name="features">[N,D] fp32.</param>
    /// <param name="labels">N class indices.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Draws the folds.</param>
    public static double Choose(Tensor features, IReadOnlyList<int> labels, int classes, ulong seed)
    {
        var largest = labels.GroupBy(l => l).Max(g => g.Count());
        if (largest < 2) return Default;
        var count = Math.Min(MostFolds, largest);
        using var scope = NewDisposeScope();
        var targets = LogisticRegression.Indices(labels);
        var fold = LabelDraw.Folds(labels, count, seed);
        var needed = Math.Min(count, (EnoughImages * count + labels.Count - 1) / labels.Count);
        var squares = SoftmaxRegression.Squares(features);
        var folds = Enumerable.Range(0, needed)
            .Select(f => new Fold(features, squares, targets, labels, fold, f, classes))
            .Where(f => f.Validates)
            .ToList();

        var (best, lowest, worse) = (Default, double.PositiveInfinity, 0);
        foreach (var c in Grid)
        {
            var loss = folds.Average(f => f.Loss(c));
            if (loss < lowest) (best, lowest, worse) = (c, loss, 0);
            else if (++worse == Patience) break;
        }
        return best;
    }

    // Images are left out by a weight of 0: no fold copies the features.
    private sealed class Fold
    {
        private readonly Tensor _features, _labels, _fit, _validate;   // [N,D], [N], [N], [N]
        private readonly int _classes, _count;
        private readonly double[] _theta, _squares;

        public Fold(Tensor features, double[] squares, Tensor targets, IReadOnlyList<int> labels, int[] fold, int held, int classes)
        {
            (_features, _squares, _labels, _classes) = (features, squares, targets, classes);
            _theta = new double[(features.shape[1] + 1) * classes];
            var fitted = fold.Select(f => f != held).ToArray();
            // A class that is all in this fold cannot be learnt from the others
            var known = labels.Where((_, i) => fitted[i]).ToHashSet();
            var validated = fold.Select((f, i) => f == held && known.Contains(labels[i])).ToArray();
            _count = fitted.Count(f => f);
            Validates = validated.Contains(true) && known.Count > 1;
            (_fit, _validate) = (Shares(fitted), Shares(validated));
        }

        public bool Validates { get; }

        public double Loss(double c)
        {
            using var scope = NewDisposeScope();
            var objective = new SoftmaxRegression(_features, _labels, _fit, _classes, 1 / (c * _count));
            Lbfgs.Minimize(objective.Evaluate, _theta, Rough, SoftmaxRegression.Curvature(_squares, _classes, 1 / (c * _count)));
            var logs = SoftmaxRegression.LogProbabilities(_features, tensor(_theta).reshape(_classes, -1));
            return -logs.gather(1, _labels.unsqueeze(1)).squeeze(1).dot(_validate).data<double>()[0];
        }

        private static Tensor Shares(bool[] chosen)
        {
            var count = chosen.Count(c => c);
            return tensor(chosen.Select(c => c ? 1.0 / count : 0).ToArray());
        }
    }
}
