using System.Text.Json.Serialization;

namespace Byol.Runs;

/// <summary>Something needs attention and changes nothing in the run; it is not in the log.</summary>
/// <param name="Step">Optimizer steps taken.</param>
/// <param name="Message">One line.</param>
public sealed record WarningRecord(long Step, string Message) : RunRecord
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsAttention => true;

    /// <inheritdoc/>
    public override string ToString() => Message;
}

/// <summary>The collapse alarm was raised.</summary>
/// <param name="Step">Optimizer steps taken.</param>
/// <param name="Alarm">Why.</param>
public sealed record AlarmRecord(long Step, string Alarm) : RunRecord
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsAttention => true;

    /// <inheritdoc/>
    public override string ToString() =>
        $"Collapse: {Alarm}. Stop, and raise method.tau, keep the predictor, or lower optimizer.learning_rate.";
}

/// <summary>An image could not be read, and another takes its place in every epoch.</summary>
/// <param name="Step">The first step that wanted it, from 1.</param>
/// <param name="Unreadable">Its name.</param>
/// <param name="Index">Its index.</param>
/// <param name="Count">Such images so far.</param>
public sealed record UnreadableRecord(long Step, string Unreadable, int Index, int Count) : RunRecord
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsAttention => true;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Unreadable} could not be read; another image takes its place ({Count} so far, up to 1 %).";
}
