using System.Text.Json.Serialization;

namespace Byol.Runs;

/// <summary>Something needs attention and changes nothing in the run; it is not in the log.</summary>
internal sealed class WarningRecord : RunRecord
{
    [JsonConstructor]
    internal WarningRecord(long step, string message) =>
        (Step, Message) = (step, message);

    /// <inheritdoc/>
    public override long Step { get; }

    /// <summary>One line.</summary>
    public string Message { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsAttention => true;

    /// <inheritdoc/>
    private protected override string Line => Message;
}

/// <summary>The collapse alarm was raised.</summary>
internal sealed class AlarmRecord : RunRecord
{
    [JsonConstructor]
    internal AlarmRecord(long step, string alarm) =>
        (Step, Alarm) = (step, alarm);

    /// <inheritdoc/>
    public override long Step { get; }

    /// <summary>Why.</summary>
    public string Alarm { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsAttention => true;

    /// <inheritdoc/>
    private protected override string Line =>
        $"Collapse: {Alarm}. Stop, and raise method.tau, keep the predictor, or lower optimizer.learning_rate.";
}

/// <summary>An image could not be read, and another takes its place in every epoch.</summary>
internal sealed class UnreadableRecord : RunRecord
{
    [JsonConstructor]
    internal UnreadableRecord(long step, string unreadable, int index, int count) =>
        (Step, Unreadable, Index, Count) = (step, unreadable, index, count);

    /// <inheritdoc/>
    public override long Step { get; }

    /// <summary>Its name.</summary>
    public string Unreadable { get; }

    /// <summary>Its index.</summary>
    public int Index { get; }

    /// <summary>Such images so far.</summary>
    public int Count { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsAttention => true;

    /// <inheritdoc/>
    private protected override string Line =>
        $"{Unreadable} could not be read; another image takes its place ({Count} so far, up to 1 %).";
}

/// <summary>The run will be too short to learn much. An empty text revokes that, after a longer budget.</summary>
internal sealed class ShortfallRecord : RunRecord
{
    [JsonConstructor]
    internal ShortfallRecord(long step, string shortfall) =>
        (Step, Shortfall) = (step, shortfall);

    /// <inheritdoc/>
    public override long Step { get; }

    /// <summary>What it is too short for, and what to do.</summary>
    public string Shortfall { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsAttention => Shortfall.Length > 0;

    /// <inheritdoc/>
    private protected override string Line => Shortfall.Length > 0 ? $"In all {Shortfall}." : "The run is long enough now.";
}
