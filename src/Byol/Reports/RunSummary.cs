using System.Globalization;
using Byol.Runs;

namespace Byol.Reports;

/// <summary>A line of a summary.</summary>
/// <param name="Level">good, note or bad.</param>
/// <param name="Text">In plain words.</param>
internal sealed record SummaryLine(string Level, string Text);

/// <summary>How a run is, in plain words, as far as its log says it.</summary>
internal static class RunSummary
{
    private const string Good = "good", Note = "note", Bad = "bad";
    private const double Rise = 0.005, LateShare = 0.25, SlowData = 0.2, LowSpread = 0.1, LowRank = 2;

    /// <summary>The lines, the most important first.</summary>
    public static IReadOnlyList<SummaryLine> Of(ObservedRun run) => [.. Lines(run)];

    private static IEnumerable<SummaryLine> Lines(ObservedRun run)
    {
        var figures = run.Figures;
        if (run.State == RunState.Gone) yield return new(Bad, "Its folder is gone or cannot be read.");
        if (run.State == RunState.Waiting) yield return new(Note, "No step is logged yet.");
        if (figures.Step == 0) yield break;
        var collapsed = figures.Events.ContainsKey("alarm") || IsLow(figures, RunFigure.RepresentationStd, LowSpread)
            || IsLow(figures, RunFigure.EffectiveRank, LowRank);
        yield return collapsed
            ? new(Bad, "Collapsed: nearly all images have the same embedding, and the encoder is of no use. Raise method.tau, keep the "
                + "predictor, or lower optimizer.learning_rate.")
            : new(Good, Spread(figures));
        if (figures.Shortfall is { } shortfall) yield return new(Note, $"Too short: {shortfall}.");
        if (Accuracy(run) is { } accuracy) yield return accuracy;
        if (figures.Series[RunFigure.DataWait].Last is { Value: > SlowData } wait)
        {
            yield return new(Note, string.Create(CultureInfo.InvariantCulture,
                $"Training waits for images {100 * wait.Value:F0} % of its time: pack them once, or give more loader threads."));
        }
        if (Count(figures, "unreadable") is > 0 and var unreadable)
            yield return new(Note, $"{unreadable} {(unreadable == 1 ? "image" : "images")} could not be read.");
        if (Count(figures, "non_finite") is > 0 and var broken)
            yield return new(Bad, $"{broken} {(broken == 1 ? "step was" : "steps were")} not finite.");
        if (run is { State: RunState.Stopped, TotalSteps: { } total })
        {
            yield return new(Note, string.Create(CultureInfo.InvariantCulture,
                $"Stopped at step {figures.Step:N0} of {total:N0}; it can be resumed."));
        }
    }

    private static string Spread(RunFigures figures) => figures.Series[RunFigure.RepresentationStd].Last is { } std
        && figures.Series[RunFigure.EffectiveRank].Last is { } rank
        ? string.Create(CultureInfo.InvariantCulture, $"Not collapsed: spread {std.Value:F2}, effective rank {rank.Value:F0}.")
        : "No sign of collapse so far.";

    // Whether it still rises is decided by the last quarter of the run, against the best before.
    private static SummaryLine? Accuracy(ObservedRun run)
    {
        var (figure, name) = run.Figures.Series[RunFigure.Linear].Count > 0 ? (RunFigure.Linear, "Linear probe") : (RunFigure.Knn, "kNN");
        if (run.Figures.Series[figure].Points() is not { Count: > 0 } points) return null;
        var (first, last, best) = (points[0], points[^1], points.MaxBy(p => p.Value));
        var text = string.Create(CultureInfo.InvariantCulture, $"{name} {100 * last.Value:F1} % at epoch {last.Epoch:0.#}");
        if (best.Value > last.Value + Rise)
            text += string.Create(CultureInfo.InvariantCulture, $", at best {100 * best.Value:F1} % at epoch {best.Epoch:0.#}");
        if (figure == RunFigure.Knn && run.Guessing is { } guessing)
            text += string.Create(CultureInfo.InvariantCulture, $" (guessing has {100 * guessing:F1} %)");
        if (first.Step == 0) text += string.Create(CultureInfo.InvariantCulture, $", {100 * first.Value:F1} % where it began");
        var before = points.Where(p => p.Step <= last.Step * (1 - LateShare)).Select(p => p.Value).DefaultIfEmpty(double.NaN).Max();
        if (run.State == RunState.Finished && last.Value > before + Rise)
            return new(Note, $"{text}. It was still rising at the end: more epochs will probably help.");
        return first.Step == 0 && best.Step == 0 && points.Count > 1
            ? new(Bad, $"{text}. No evaluation was better than the encoder that it began with.") : new(Good, $"{text}.");
    }

    private static bool IsLow(RunFigures figures, RunFigure figure, double least) =>
        figures.Series[figure].Last is { } last && last.Value < least;

    private static int Count(RunFigures figures, string kind) => figures.Events.GetValueOrDefault(kind);
}
