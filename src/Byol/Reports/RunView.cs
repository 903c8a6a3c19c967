using Byol.Runs;

namespace Byol.Reports;

/// <summary>A line of a run's log without figures.</summary>
internal sealed record NoteView(long Step, string Text);

/// <summary>What the page shows of a run, without its curves.</summary>
internal sealed record RunView(
    string Id, string Name, string State, int Version, long Step, long? Total, double Epoch, double Seconds, double? Left,
    IReadOnlyList<string[]> Settings, IReadOnlyList<SummaryLine> Summary, IReadOnlyList<NoteView> Notes, long Damaged)
{
    /// <summary>Where its sheet of views is, for an img; null if there is none.</summary>
    public string? Views { get; init; }

    /// <summary>Its map, or the step that there is one of; null if there is none.</summary>
    public object? Map { get; init; }

    /// <summary>Its curves, where the page holds them.</summary>
    public IReadOnlyDictionary<string, SeriesView>? Series { get; init; }

    /// <summary>The last lines that it told people, where the page holds them.</summary>
    public IReadOnlyList<string>? Lines { get; init; }

    /// <summary>What is seen of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="id">Tells it from others.</param>
    /// <param name="name">What it is called.</param>
    public static RunView Of(ObservedRun run, string id, string name)
    {
        var figures = run.Figures;
        return new RunView(
            id, name, run.State.ToString().ToLowerInvariant(), run.Version, figures.Step, run.TotalSteps, figures.Epoch, figures.Seconds,
            run.Left?.TotalSeconds, [.. run.Settings.Select(s => new[] { s.Name, s.Value })], RunSummary.Of(run),
            [.. figures.Notes.Select(n => new NoteView(n.Step, Words(n)))], figures.Damaged);
    }

    /// <summary>A map of images alone, without a run.</summary>
    public static RunView OfMap(string name, MapView map) =>
        new("0", name, "", 0, 0, null, 0, 0, null, [], [], [], 0) { Map = map, Series = new Dictionary<string, SeriesView>() };

    /// <summary>The curves of a run, by the names that they have in its log.</summary>
    public static IReadOnlyDictionary<string, SeriesView> SeriesOf(ObservedRun run) => run.Figures.Series
        .Where(s => s.Value.Count > 0)
        .ToDictionary(s => NameOf(s.Key), s => SeriesView.Of(s.Value));

    /// <summary>What a figure is called.</summary>
    public static string NameOf(RunFigure figure) => PageTemplate.Json.PropertyNamingPolicy!.ConvertName($"{figure}");

    private static string Words(RunNote note) => note.Kind switch
    {
        "alarm" => $"Collapse: {note.Words}",
        "unreadable" => $"{note.Words} could not be read; another image takes its place.",
        "non_finite" => $"{note.Words} is not finite.",
        _ => $"Gone back to step {note.Step}, because {note.Words} was not finite.",
    };
}
