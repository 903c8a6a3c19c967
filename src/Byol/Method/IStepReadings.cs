using static TorchSharp.torch;

namespace Byol.Method;

/// <summary>What a step reads of its tensors: losses, the spread of embeddings, and whether all is finite. Its calls follow the
/// step.</summary>
internal interface IStepReadings
{
    /// <summary>The losses of a micro-batch, before its backward pass.</summary>
    /// <param name="losses">A scalar, or one for each view.</param>
    /// <param name="views">What they came of; they are not kept.</param>
    /// <exception cref="NonFiniteException">One is not finite; no weight has moved.</exception>
    void Losses(Tensor[] losses, ViewPair views);

    /// <summary>The target projections of view 1, after that.</summary>
    /// <param name="z1">[B,d].</param>
    void Projections(Tensor z1);

    /// <summary>The gradients of the whole batch are summed.</summary>
    /// <exception cref="NonFiniteException">One is not finite; no weight has moved.</exception>
    void Gradients();

    /// <summary>The optimizer has moved the weights, and the target has not moved yet.</summary>
    /// <returns>Loss and spread, averaged over micro-batches and ranks.</returns>
    /// <exception cref="NonFiniteException">Something is not finite.</exception>
    (double Loss, double EmbeddingStd) Weights();
}
