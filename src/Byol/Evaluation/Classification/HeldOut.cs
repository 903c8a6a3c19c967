namespace Byol.Evaluation.Classification;

/// <summary>Scores of images by a classifier that was trained without them.</summary>
/// <param name="Images">Which, by their place among all images.</param>
/// <param name="Labels">Their true classes.</param>
/// <param name="Logits">[n,C] row by row, not calibrated.</param>
/// <param name="Calibration">That of the classifier, which did not see these images either.</param>
/// <param name="Novelty">Their novelty among the images that it did learn from.</param>
internal sealed record HeldOut(
    IReadOnlyList<int> Images, IReadOnlyList<int> Labels, float[] Logits, Calibration Calibration, IReadOnlyList<double> Novelty);

/// <summary>Makes a classifier of some images and asks it about others.</summary>
/// <param name="fitted">Images to learn from, by their place among all.</param>
/// <param name="held">Images to ask about, of classes that are among the others.</param>
internal delegate HeldOut FitFold(IReadOnlyList<int> fitted, IReadOnlyList<int> held);

/// <summary>Cross-validation: every image is asked about once, by a classifier that was made without its fold.</summary>
internal static class CrossValidation
{
    /// <summary>Goes through the folds. Images of a class that no other fold has are not asked about: nothing could know it.</summary>
    /// <param name="labels">N class indices.</param>
    /// <param name="fold">The fold of each image.</param>
    /// <param name="fit">Makes the whole classifier of a fold, including all its choices.</param>
    /// <param name="progress">Receives the number of finished folds, and of all folds.</param>
    /// <param name="cancellation">Cancels between two folds.</param>
    public static IReadOnlyList<HeldOut> Run(
        IReadOnlyList<int> labels, IReadOnlyList<int> fold, FitFold fit, Action<int, int>? progress, CancellationToken cancellation)
    {
        var (results, count) = (new List<HeldOut>(), fold.Max() + 1);
        for (var f = 0; f < count; f++)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] fitted = [.. Enumerable.Range(0, labels.Count).Where(i => fold[i] != f)];
            var known = fitted.Select(i => labels[i]).ToHashSet();
            int[] held = [.. Enumerable.Range(0, labels.Count).Where(i => fold[i] == f && known.Contains(labels[i]))];
            if (held.Length > 0 && known.Count > 1) results.Add(fit(fitted, held));
            progress?.Invoke(f + 1, count);
        }
        return results;
    }
}
