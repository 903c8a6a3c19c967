namespace Byol.Evaluation.Classification;

/// <summary>A linear classifier of embeddings whose probabilities are calibrated: softmax((Wy + b)/T + shift).</summary>
/// <param name="Classifier">W and b; standardization is folded in.</param>
/// <param name="Calibration">T and the shift.</param>
internal sealed record CalibratedHead(LinearClassifier Classifier, Calibration Calibration) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Classifier.Dispose();
}
