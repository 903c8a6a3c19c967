using Byol.Encoders;

namespace Byol.Evaluation.Classification;

/// <summary>What a way of training leaves.</summary>
/// <param name="Head">The head.</param>
/// <param name="Novelty">Training features.</param>
/// <param name="HeldOut">Held-out scores of classifiers that were trained in the same way.</param>
internal sealed record TrainedHead(CalibratedHead Head, NoveltyModel Novelty, IReadOnlyList<HeldOut> HeldOut)
{
    /// <summary>The encoder that the head belongs to, where it was trained too; null if it stayed as it was.</summary>
    public OpenedEncoder? Encoder { get; init; }
}
