namespace Byol.Runs;

/// <summary>What a run knows between two steps beside its weights: with it a resumed run writes the same log.</summary>
/// <param name="Epoch">Epochs done, with fraction.</param>
/// <param name="LoggedSteps">Steps since the last line of the log ...</param>
/// <param name="LossSum">... the sum of their losses ...</param>
/// <param name="EmbeddingStdSum">... and of their embedding stds.</param>
/// <param name="CollapsedSteps">Steps in a row that looked collapsed.</param>
/// <param name="CollapsedDiagnoses">Diagnoses in a row that looked collapsed.</param>
/// <param name="Skipped">Batches that were left out when it was rewound: so far the data is ahead of the steps.</param>
internal sealed record RunProgress(
    double Epoch, int LoggedSteps, double LossSum, double EmbeddingStdSum, int CollapsedSteps, int CollapsedDiagnoses, long Skipped = 0)
{
    /// <summary>Of a run that begins.</summary>
    public static RunProgress None { get; } = new(0, 0, 0, 0, 0, 0);
}
