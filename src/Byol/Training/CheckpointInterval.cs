using System.Globalization;
using System.Text.RegularExpressions;

namespace Byol.Training;

/// <summary>The unit of an interval.</summary>
internal enum IntervalUnit
{
    /// <summary>Optimizer steps.</summary>
    Steps,

    /// <summary>Passes over the data.</summary>
    Epochs,

    /// <summary>Seconds.</summary>
    Seconds,

    /// <summary>Minutes.</summary>
    Minutes,

    /// <summary>Hours.</summary>
    Hours,
}

/// <summary>How often to save, in steps, epochs or time;
/// written <c>200 steps</c>, <c>1 epoch</c>, <c>90 seconds</c>, <c>10m</c>, <c>2h</c>.</summary>
public readonly partial struct CheckpointInterval
{
    /// <param name="count">How many units, at least 1.</param>
    /// <param name="unit">The unit.</param>
    internal CheckpointInterval(long count, IntervalUnit unit) => (Count, Unit) = (count, unit);

    /// <summary>How many units, at least 1.</summary>
    internal long Count { get; }

    /// <summary>The unit.</summary>
    internal IntervalUnit Unit { get; }

    private const long Most = 1_000_000_000;

    /// <summary>Ten minutes: the most that a power cut costs.</summary>
    public static CheckpointInterval Default { get; } = new(10, IntervalUnit.Minutes);

    /// <summary>Reads an interval.</summary>
    /// <param name="text">A whole number and a unit.</param>
    /// <param name="interval">The interval.</param>
    /// <returns>False if the text is not an interval, or an interval of no length.</returns>
    public static bool TryParse(string text, out CheckpointInterval interval)
    {
        interval = Default;
        var match = Form().Match(text.Trim());
        if (!match.Success || !long.TryParse(match.Groups["count"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;
        IntervalUnit? unit = match.Groups["unit"].Value.ToLowerInvariant() switch
        {
            "step" or "steps" => IntervalUnit.Steps,
            "epoch" or "epochs" => IntervalUnit.Epochs,
            "s" or "second" or "seconds" => IntervalUnit.Seconds,
            "m" or "min" or "minute" or "minutes" => IntervalUnit.Minutes,
            "h" or "hour" or "hours" => IntervalUnit.Hours,
            _ => null,
        };
        if (unit is null || count is < 1 or > Most) return false;
        interval = new CheckpointInterval(count, unit.Value);
        return true;
    }

    /// <summary>Whether it is due.</summary>
    /// <param name="step">Optimizer steps taken in all.</param>
    /// <param name="stepsPerEpoch">Optimizer steps of an epoch.</param>
    /// <param name="elapsed">Time since the last time; a negative time, after a clock was set back, counts as due.</param>
    internal bool IsDue(long step, long stepsPerEpoch, TimeSpan elapsed) => Unit switch
    {
        IntervalUnit.Steps => step % Count == 0,
        IntervalUnit.Epochs => step % (Count * stepsPerEpoch) == 0,
        _ => elapsed < TimeSpan.Zero || elapsed >= Time,
    };

    /// <summary>How long it is; null if it is counted in steps or epochs.</summary>
    internal TimeSpan? Time => Unit switch
    {
        IntervalUnit.Seconds => TimeSpan.FromSeconds(Count),
        IntervalUnit.Minutes => TimeSpan.FromMinutes(Count),
        IntervalUnit.Hours => TimeSpan.FromSeconds(3600.0 * Count),
        _ => null,
    };

    /// <summary>A time of whole seconds in the largest unit of which it is a multiple.</summary>
    /// <param name="time">A second or more.</param>
    public static CheckpointInterval Of(TimeSpan time) => (long)time.TotalSeconds switch
    {
        var s when s % 3600 == 0 => new(s / 3600, IntervalUnit.Hours),
        var s when s % 60 == 0 => new(s / 60, IntervalUnit.Minutes),
        var s => new(s, IntervalUnit.Seconds),
    };

    /// <summary>The interval as text.</summary>
    public override string ToString()
    {
        var unit = Unit.ToString().ToLowerInvariant();
        return string.Create(CultureInfo.InvariantCulture, $"{Count} {(Count == 1 ? unit[..^1] : unit)}");
    }

    [GeneratedRegex(@"^(?<count>\d{1,10})\s*(?<unit>[A-Za-z]+)$")]
    private static partial Regex Form();
}
