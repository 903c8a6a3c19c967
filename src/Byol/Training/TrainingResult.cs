using Byol.Runs;

namespace Byol.Training;

/// <summary>How a run ended.</summary>
public sealed class TrainingResult
{
    internal TrainingResult(
        bool finished, long steps, double loss, double embeddingStd, bool collapsed, double? knn, double? probe, double seconds) =>
        (Finished, Steps, Loss, EmbeddingStd, Collapsed, Knn, Probe, Seconds) = (finished, steps, loss, embeddingStd, collapsed, knn,
        probe, seconds);

    /// <summary>Whether all steps were taken; otherwise it was interrupted after saving.</summary>
    public bool Finished { get; }

    /// <summary>Optimizer steps taken in all.</summary>
    public long Steps { get; }

    /// <summary>Mean loss of the last logged steps.</summary>
    public double Loss { get; }

    /// <summary>Mean embedding std (times √d) of the last logged steps.</summary>
    public double EmbeddingStd { get; }

    /// <summary>Whether the collapse alarm was raised.</summary>
    public bool Collapsed { get; }

    /// <summary>Spread of the encoder's representations at the last diagnosis: std of normalized representations times √D, as <see
    /// cref="Byol.Evaluation.Diagnostics.Std"/> has it; null if there was none.</summary>
    public double? Spread { get; private init; }

    /// <summary>If the run saw too few images to learn much, why and what to do; null otherwise.</summary>
    public string? Shortfall { get; private init; }

    /// <summary>The last kNN accuracy on the validation data, 0 to 1, if there is any.</summary>
    public double? Knn { get; }

    /// <summary>The last balanced accuracy of a linear probe on the validation data, 0 to 1; null if the run began with random weights.
    /// </summary>
    public double? Linear { get; private init; }

    /// <summary>The last accuracy of the online probe on the validation data, 0 to 1, if one learned.</summary>
    public double? Probe { get; }

    /// <summary>The best evaluation on the validation data: by the linear probe if the run began with an encoder, otherwise by nearest
    /// neighbors; null if there was none. If its step is 0, the initial encoder was best and training did not help.</summary>
    public KnnRecord? Best { get; private init; }

    /// <summary>The evaluation of the initial encoder; null if the run began with random weights or had no validation data.
    /// </summary>
    public KnnRecord? Initial { get; private init; }

    /// <summary>Training time of this process.</summary>
    public double Seconds { get; }

    internal static TrainingResult Of(bool finished, long steps, RunHistory history, double seconds, string? shortfall) => new(
        finished, steps, history.Steps?.Loss ?? double.NaN, history.Steps?.EmbeddingStd ?? double.NaN,
        history.Collapsed, history.Accuracy?.Knn, history.Accuracy?.Probe, seconds)
    {
        Best = history.Best, Initial = history.Initial, Linear = history.Accuracy?.Linear,
        Spread = history.Diagnosis?.RepresentationStd, Shortfall = finished ? shortfall : null,
    };
}
