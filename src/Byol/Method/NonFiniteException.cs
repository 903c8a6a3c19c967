namespace Byol.Method;

/// <summary>A tensor of a step holds NaN or an infinity. The target is unchanged; θ is too, unless θ is the tensor, or a GPU computed the
/// step: it is read once, after the optimizer.</summary>
public sealed class NonFiniteException : Exception
{
    /// <param name="step">The step that was to be taken, from 1.</param>
    /// <param name="tensor">What is not finite, by name.</param>
    /// <param name="rows">Images of the step's batch, if single ones are at fault.</param>
    internal NonFiniteException(long step, string tensor, IReadOnlyList<int>? rows = null) : base($"Step {step}: {tensor} is not finite.") =>
        (Step, Tensor, Rows) = (step, tensor, rows ?? []);

    /// <summary>The step, from 1.</summary>
    internal long Step { get; }

    /// <summary>What is not finite.</summary>
    internal string Tensor { get; }

    /// <summary>Positions of the images at fault in the step's batch; empty if no single image is at fault.</summary>
    internal IReadOnlyList<int> Rows { get; }
}
