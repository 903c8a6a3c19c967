namespace Byol.Method;

/// <summary>A tensor of a step holds NaN or an infinity. The target has not moved;
/// θ has not either, unless it is θ that is not finite.</summary>
public sealed class NonFiniteException : Exception
{
    /// <param name="step">The step that was to be taken, from 1.</param>
    /// <param name="tensor">What is not finite, by name.</param>
    /// <param name="rows">Which images of the step's batch, where single ones are at fault.</param>
    internal NonFiniteException(long step, string tensor, IReadOnlyList<int>? rows = null) : base($"Step {step}: {tensor} is not finite.") =>
        (Step, Tensor, Rows) = (step, tensor, rows ?? []);

    /// <summary>The step, from 1.</summary>
    internal long Step { get; }

    /// <summary>What is not finite.</summary>
    internal string Tensor { get; }

    /// <summary>Places in the step's batch of the images at fault; empty if no single image is.</summary>
    internal IReadOnlyList<int> Rows { get; }
}
