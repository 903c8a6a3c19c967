using System.Text.Json.Serialization;

namespace Byol.Runs;

/// <summary>Something that happened in a run.</summary>
public abstract class RunRecord
{
    private protected RunRecord()
    {
    }

    /// <summary>Optimizer steps taken when it happened; a step that could not be taken counts as if it had been.</summary>
    public abstract long Step { get; }

    /// <summary>Whether a person should see it: something is wrong, or had to be mended.</summary>
    [JsonIgnore]
    public virtual bool NeedsAttention => false;

    /// <summary>What happened, in one line for people.</summary>
    private protected abstract string Line { get; }

    /// <inheritdoc cref="Line"/>
    public sealed override string ToString() => Line;
}
