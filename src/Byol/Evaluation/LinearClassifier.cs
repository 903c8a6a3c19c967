using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>A linear classifier: scores are Wx + b.</summary>
/// <param name="Parameters">[C,D+1] fp64: for each class W, then b.</param>
internal sealed record LinearClassifier(Tensor Parameters) : IDisposable
{
    /// <summary>How far above its minimum the objective may be, relative to it.</summary>
    public double Gap { get; init; }

    /// <summary>Whether the fit reached its tolerance.</summary>
    public bool Converged { get; init; } = true;

    /// <summary>Scores of feature vectors.</summary>
    /// <param name="features">[M,D] fp32.</param>
    /// <returns>[M,C] fp32; the caller's dispose scope owns it.</returns>
    public Tensor Scores(Tensor features)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using TorchSharp.Scalar one = 1;
        var d = features.shape[1];
        var scores = InBlocks.ProductWithTransposed(Parameters.narrow(1, 0, d), features);                    // [C,M]
        return scores.add_(Parameters.narrow(1, d, 1), one).to(ScalarType.Float32).t().contiguous().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => Parameters.Dispose();
}
