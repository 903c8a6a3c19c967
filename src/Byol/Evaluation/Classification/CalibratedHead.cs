namespace Byol.Evaluation.Classification;

/// <summary>A linear classifier of embeddings whose probabilities are calibrated: softmax((Wy + b)/T).</summary>
/// <param name="Classifier">W and b; standardization is folded in.</param>
/// <param name="Temperature">T.</param>
internal sealed record CalibratedHead(LinearClassifier Classifier, double Temperature) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Classifier.Dispose();
}
