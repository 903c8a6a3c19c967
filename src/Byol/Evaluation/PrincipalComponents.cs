using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>Principal component analysis: the linear features of most variance, a baseline of a size like the encoder's.</summary>
internal static class PrincipalComponents
{
    /// <summary>Projects two banks on the components of the first.</summary>
    /// <param name="train">The features that the components come from.</param>
    /// <param name="test">Others of the same kind.</param>
    /// <param name="dimension">Components to keep at most; there are no more than dimensions, and fewer than images.</param>
    public static (FeatureBank Train, FeatureBank Test) Project(FeatureBank train, FeatureBank test, long dimension)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using Scalar minusOne = -1;
        var kept = Math.Max(1, Math.Min(dimension, Math.Min(train.Features.shape[1], train.Features.shape[0] - 1)));
        var mean = train.Features.mean([0], keepdim: true);                       // [1,D]
        var centered = train.Features.add(mean, minusOne);                         // [N,D]
        var (_, vectors) = linalg.eigh(centered.t().mm(centered));                  // eigenvalues rise
        var components = vectors.narrow(1, vectors.shape[1] - kept, kept);        // [D,k]
        return (train.WithFeatures(centered.mm(components).DetachFromDisposeScope()),
            test.WithFeatures(test.Features.add(mean, minusOne).mm(components).DetachFromDisposeScope()));
    }
}
