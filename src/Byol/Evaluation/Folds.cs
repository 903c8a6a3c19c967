using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>The result of the held-out images for one C.</summary>
/// <param name="C">The inverse of the regularization.</param>
/// <param name="BalancedAccuracy">Mean recall of the classes, 0 to 1.</param>
/// <param name="Loss">Mean cross-entropy.</param>
internal sealed record ValidationResult(double C, double BalancedAccuracy, double Loss);

/// <summary>Folds for cross-validation: F fits, each on all images but those of one fold.</summary>
/// <param name="Fitted">[F][N]: whether a fit learns from an image.</param>
/// <param name="Held">The images that a fit is validated on: those that it does not learn from, of classes that it knows.</param>
internal sealed record Folds(IReadOnlyList<bool[]> Fitted, IReadOnlyList<(int Fit, int Image, int Label)> Held)
{
    /// <summary>Spreads each class over the folds.</summary>
    /// <param name="labels">N class indices.</param>
    /// <param name="most">Folds at most; no more than the images of the largest class.</param>
    /// <param name="enough">Folds after those that hold as many images together are left out.</param>
    /// <param name="seed">Distinguishes draws.</param>
    public static Folds Draw(IReadOnlyList<int> labels, int most, int enough, ulong seed)
    {
        var count = Math.Min(most, labels.GroupBy(l => l).Max(g => g.Count()));
        return Of(labels, LabelSampler.Folds(labels, count, seed), count, enough);
    }

    /// <summary>The fits of given folds.</summary>
    /// <param name="labels">N class indices.</param>
    /// <param name="fold">The fold of each image.</param>
    /// <param name="count">How many folds there are.</param>
    /// <param name="enough">Folds after those that hold as many images together are left out.</param>
    public static Folds Of(IReadOnlyList<int> labels, IReadOnlyList<int> fold, int count, int enough)
    {
        var needed = Math.Min(count, (enough * count + labels.Count - 1) / labels.Count);
        var fits = new List<bool[]>();
        var held = new List<(int, int, int)>();
        for (var f = 0; f < needed; f++)
        {
            bool[] fitted = [.. fold.Select(other => other != f)];
            var known = labels.Where((_, i) => fitted[i]).ToHashSet();
            var validated = Enumerable.Range(0, labels.Count).Where(i => !fitted[i] && known.Contains(labels[i])).ToList();
            if (validated.Count == 0 || known.Count < 2) continue;
            held.AddRange(validated.Select(i => (fits.Count, i, labels[i])));
            fits.Add(fitted);
        }
        return new Folds(fits, held);
    }

    /// <summary>What each image counts in each fit.</summary>
    /// <returns>[F,N] fp64, each row with the sum 1; the caller's dispose scope owns it.</returns>
    public Tensor Weights() => tensor(Fitted.SelectMany(Shares).ToArray()).reshape(Fitted.Count, -1);

    /// <summary>Scores the held-out images, all fits' together.</summary>
    /// <param name="c">C of the fits.</param>
    /// <param name="scores">[F,C,N].</param>
    /// <param name="losses">Cross-entropy, [F,1,N] fp64.</param>
    public ValidationResult Validate(double c, Tensor scores, Tensor losses)
    {
        using var scope = NewDisposeScope();
        var predicted = scores.argmax(1).data<long>().ToArray();
        var loss = losses.contiguous().data<double>().ToArray();
        var images = Fitted[0].Length;
        return new ValidationResult(
            c,
            Held.GroupBy(h => h.Label).Average(g => g.Average(h => predicted[h.Fit * images + h.Image] == h.Label ? 1.0 : 0)),
            Held.Average(h => loss[h.Fit * images + h.Image]));
    }

    /// <summary>The scores of the held-out images, each by the fit that did not learn from it.</summary>
    /// <param name="scores">[F,C,N].</param>
    /// <returns>[H,C] row by row, in the order of <see cref="Held"/>.</returns>
    public float[] HeldScores(Tensor scores)
    {
        using var scope = NewDisposeScope();
        var rows = tensor(Held.Select(h => (long)h.Fit * Fitted[0].Length + h.Image).ToArray());
        var byImage = scores.permute(0, 2, 1).reshape(-1, scores.shape[1]);                        // [F·N,C]
        return byImage.index_select(0, rows).to(ScalarType.Float32).data<float>().ToArray();
    }

    private static IEnumerable<double> Shares(bool[] fitted)
    {
        var share = 1.0 / fitted.Count(f => f);
        return fitted.Select(f => f ? share : 0);
    }
}
