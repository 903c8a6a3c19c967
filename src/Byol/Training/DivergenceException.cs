using Byol.Runs;

namespace Byol.Training;

/// <summary>Training diverged: something was not finite, no such weight was saved, and the target was not moved.</summary>
/// <param name="message">One line: which tensor, which step, which images, what to do.</param>
/// <param name="record">The same as data.</param>
/// <param name="batch">The step's place in the data: batches before it, in steps.</param>
public sealed class DivergenceException(string message, NonFiniteRecord record, long batch) : Exception(message)
{
    /// <summary>What is known of the step.</summary>
    public NonFiniteRecord Record { get; } = record;

    internal long Batch { get; } = batch;

    /// <summary>Time of the budget that was spent when it happened.</summary>
    internal TimeSpan Spent { get; init; }

    /// <summary>Whether going back has been tried.</summary>
    internal bool IsFinal { get; init; }
}
