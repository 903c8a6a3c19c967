using Byol.Encoders;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>What a frozen encoder is worth on a task with all labels.</summary>
/// <param name="Knn">Accuracy of weighted nearest neighbors, 0 to 1.</param>
/// <param name="Linear">Accuracy of a linear probe on standardized features, 0 to 1.</param>
internal sealed record FrozenScores(double Knn, double Linear)
{
    /// <summary>Encodes all images once and classifies them both ways.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="task">The images.</param>
    /// <param name="knn">k and T.</param>
    /// <param name="seed">Draws the folds of the probe's cross-validation.</param>
    /// <param name="warn">Receives a line if the probe's fit did not reach its minimum.</param>
    /// <param name="cancellation">Cancels between two batches.</param>
    public static FrozenScores Of(
        IImageEncoder encoder, EvaluationTask task, KnnOptions knn, ulong seed, Action<string>? warn = null,
        CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var train = FeatureBank.Encode(encoder, task.Train, cancellation).WithClasses(task.Classes);
        using var test = FeatureBank.Encode(encoder, task.Test, cancellation);
        var votes = Evaluation.Knn.Votes(train, test.Features, knn.AtMost(train.Labels.Count));
        var near = ClassificationResult.Of(votes, task.TestLabels).Accuracy;
        using var scale = Standardization.Of(train.Features);
        using var standardized = train.WithFeatures(scale.Apply(train.Features));
        using var queries = scale.Apply(test.Features);
        var linear = ClassificationResult.Of(LinearProbe.Scores(standardized, queries, seed, warn), task.TestLabels).Accuracy;
        return new FrozenScores(near, linear);
    }
}
