using System.Text.Json.Serialization;

namespace Byol.Runs;

/// <summary>An event of a run.</summary>
public abstract class RunRecord
{
    private protected RunRecord()
    {
    }

    /// <summary>Optimizer steps taken when it happened; a failed step counts too.</summary>
    public abstract long Step { get; }

    /// <summary>Whether a person should see it, because something is wrong or had to be repaired.</summary>
    [JsonIgnore]
    public virtual bool NeedsAttention => false;

    /// <summary>The event, in one line for people.</summary>
    private protected abstract string Line { get; }

    /// <inheritdoc cref="Line"/>
    public sealed override string ToString() => Line;
}
