using static TorchSharp.torch;

namespace Byol.Evaluation.Classification;

/// <summary>A linear head on an encoder that stays as it is.</summary>
/// <remarks>Nested cross-validation (Varma and Simon 2006): for each fold, standardization, C and T come from the other folds alone.
/// </remarks>
/// <param name="data">Features of all images.</param>
/// <param name="fold">The fold of each image.</param>
/// <param name="head">Fits heads.</param>
internal sealed class FrozenTraining(LabeledFeatures data, IReadOnlyList<int> fold, LinearHead head)
{
    /// <summary>Trains.</summary>
    /// <param name="progress">Receives the number of finished folds, and of all folds.</param>
    /// <param name="cancellation">Cancels between two folds.</param>
    public TrainedHead Run(Action<int, int>? progress, CancellationToken cancellation)
    {
        var heldOut = CrossValidation.Run(data.Labels, fold, Fit, progress, cancellation);
        return new TrainedHead(head.Fit(data.Features, data.Labels, fold), NoveltyModel.Of(data.Features), heldOut);
    }

    private HeldOut Fit(IReadOnlyList<int> fitted, IReadOnlyList<int> held)
    {
        using var scope = NewDisposeScope();
        var (features, queries) = (data.Rows(fitted), data.Rows(held));
        using var trained = head.Fit(features, [.. fitted.Select(i => data.Labels[i])], Compact([.. fitted.Select(i => fold[i])]));
        using var novelty = NoveltyModel.Of(features);
        var logits = trained.Classifier.Scores(queries).data<float>().ToArray();                  // [n,C]
        return new HeldOut(held, [.. held.Select(i => data.Labels[i])], logits, trained.Calibration, novelty.Scores(queries));
    }

    // Numbers without a gap.
    private static int[] Compact(int[] folds)
    {
        int[] present = [.. folds.Distinct().Order()];
        return [.. folds.Select(f => Array.BinarySearch(present, f))];
    }
}
