using Byol.Runs;

namespace Byol.Training;

/// <summary>How a run ended.</summary>
/// <param name="Finished">Whether all steps were taken; otherwise it was interrupted after saving.</param>
/// <param name="Steps">Optimizer steps taken in all.</param>
/// <param name="Loss">Mean loss of the last logged steps.</param>
/// <param name="EmbeddingStd">Mean embedding std (times √d) of the last logged steps.</param>
/// <param name="Collapsed">Whether the collapse alarm was raised.</param>
/// <param name="Knn">The last kNN accuracy on the validation data, 0 to 1, if there is any.</param>
/// <param name="Probe">The last accuracy of the online probe on the validation data, 0 to 1, if one learned.</param>
/// <param name="Seconds">Training time of this process.</param>
public sealed record TrainingResult(
    bool Finished, long Steps, double Loss, double EmbeddingStd, bool Collapsed, double? Knn, double? Probe, double Seconds)
{
    internal static TrainingResult Of(bool finished, long steps, RunHistory history, double seconds) => new(
        finished, steps, history.Steps?.Loss ?? double.NaN, history.Steps?.EmbeddingStd ?? double.NaN,
        history.Collapsed, history.Accuracy?.Knn, history.Accuracy?.Probe, seconds);
}
