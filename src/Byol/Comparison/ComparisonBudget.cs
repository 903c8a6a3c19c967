using System.Globalization;

namespace Byol.Comparison;

/// <summary>How the time of a comparison is divided: pretraining gets the time that scoring leaves.</summary>
/// <param name="whole">Time for everything.</param>
/// <param name="prepared">What was spent before.</param>
/// <param name="options">All options, in the order in which they are scored.</param>
/// <param name="folder">What is finished, and what that took.</param>
/// <param name="predict">What scoring an option is thought to take.</param>
internal sealed class ComparisonBudget(
    TimeSpan whole, TimeSpan prepared, IReadOnlyList<ComparedOption> options, ComparisonFolder folder,
    Func<ComparedOption, TimeSpan> predict)
{
    private const double Caution = 1.2;             // of what scoring is thought to take
    private static readonly TimeSpan LeastRun = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, TimeSpan> _predicted = options
        .Where(o => o.Run is null && folder.Taken(o.Name) is null).ToDictionary(o => o.Name, predict);

    /// <summary>Throws if the time does not suffice for what is left to do: before any of it is done.</summary>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    public void Require()
    {
        var runs = Untrained.Count();
        var needed = prepared + folder.Spent + Scoring + runs * LeastRun;
        if (runs == 0 || needed <= whole) return;
        throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
            $"A budget of {whole.TotalMinutes:0.#} minutes is too short: scoring takes about "
            + $"{(folder.Spent + Scoring).TotalMinutes:0.0} minutes of it, which leaves no time to pretrain; use at least "
            + $"{Math.Ceiling(needed.TotalMinutes):0}m, and better three times as much."));
    }

    /// <summary>The time for the next run. A little, where scoring took longer than was thought.</summary>
    public TimeSpan Share()
    {
        var share = (whole - prepared - folder.Spent - Scoring) / Math.Max(1, Untrained.Count());
        return share > LeastRun ? share : LeastRun;
    }

    /// <summary>What is left when everything is done.</summary>
    public TimeSpan Left => whole - prepared - folder.Spent;

    // Of what is not scored yet.
    private TimeSpan Scoring => Caution * options.Where(o => folder.Taken(o.Name) is null)
        .Select(o => o.Run?.CostsAs ?? o.Name)
        .Aggregate(TimeSpan.Zero, (sum, name) => sum + (folder.Taken(name) ?? _predicted[name]));

    private IEnumerable<ComparedOption> Untrained => options.Where(o => o.Run is { } run && !folder.IsTrained(run.Folder));
}
