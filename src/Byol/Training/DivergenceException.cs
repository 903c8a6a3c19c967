using Byol.Runs;

namespace Byol.Training;

/// <summary>Training diverged: a value was not finite. No such weight was saved, and the target is unchanged.</summary>
public sealed class DivergenceException : Exception
{
    /// <param name="message">One line: which tensor, which step, which images, what to do.</param>
    /// <param name="record">The same as data.</param>
    /// <param name="batch">The step's place in the data: batches before it, in steps.</param>
    internal DivergenceException(string message, NonFiniteRecord record, long batch) : base(message) =>
        (Record, Batch) = (record, batch);

    /// <summary>The record of the step.</summary>
    internal NonFiniteRecord Record { get; }

    internal long Batch { get; }

    /// <summary>The time of the budget that was spent when it happened.</summary>
    internal TimeSpan Spent { get; init; }

    /// <summary>Whether going back has been tried.</summary>
    internal bool IsFinal { get; init; }
}
