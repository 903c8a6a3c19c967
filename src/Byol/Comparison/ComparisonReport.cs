using System.Globalization;
using System.Text;
using Byol.Reports;

namespace Byol.Comparison;

/// <summary>A row of the table.</summary>
public sealed class ComparisonRow
{
    internal ComparisonRow(
        string option, string protocol, string labels, int labeled, IReadOnlyList<double> accuracy, IReadOnlyList<double> balanced) =>
        (Option, Protocol, Labels, Labeled, Accuracy, Balanced) = (option, protocol, labels, labeled, accuracy, balanced);

    /// <summary>The encoder.</summary>
    public string Option { get; }

    /// <summary>The protocol.</summary>
    public string Protocol { get; }

    /// <summary>The amount of labels.</summary>
    public string Labels { get; }

    /// <summary>The number of labels.</summary>
    public int Labeled { get; }

    /// <summary>The accuracy of each draw, 0 to 1.</summary>
    public IReadOnlyList<double> Accuracy { get; }

    /// <summary>The mean recall of the classes, of each draw; 0 to 1.</summary>
    public IReadOnlyList<double> Balanced { get; }
}

/// <summary>The result of a comparison.</summary>
public sealed class ComparisonReport
{
    private readonly Verdict _verdict;
    private readonly bool _balanced;

    internal ComparisonReport(
        Verdict verdict, string text, string description, IReadOnlyList<string> notes, IReadOnlyList<OptionScores> options,
        TestedImages images)
    {
        (_verdict, Verdict, Description, Notes, _balanced) = (verdict, text, description, notes, images.Balanced);
        double[] equal = [.. Enumerable.Repeat(1.0 / images.Count, images.Count)];
        var weights = images.ByClass().Weights();
        Rows = [.. options.SelectMany(o => o.Cells.Select(c => new ComparisonRow(
            o.Name, c.Protocol, c.Labels, c.Labeled, c.Accuracies(equal), c.Accuracies(weights))))];
    }

    /// <summary>In plain words: what to use, and why.</summary>
    public string Verdict { get; }

    /// <summary>The encoder to use.</summary>
    public string Recommended => _verdict.Recommended;

    /// <summary>The best encoder that needs no pretraining.</summary>
    public string Beaten => _verdict.Beaten;

    /// <summary>Whether pretraining is recommended.</summary>
    public bool IsTrained => _verdict.IsTrained;

    /// <summary>Which images are classified, and from which labels.</summary>
    public string Description { get; }

    /// <summary>Notes: amounts of labels that were left out, classified images that were also pretrained on.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Every option, protocol and amount of labels.</summary>
    public IReadOnlyList<ComparisonRow> Rows { get; }

    /// <summary>The heading and rows of the table: mean ± standard deviation over the draws, in percent.</summary>
    public (IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows) Table()
    {
        var protocols = Rows.Select(r => r.Protocol).Distinct().ToList();
        var figures = _balanced ? (Func<ComparisonRow, IReadOnlyList<double>>[])[r => r.Balanced, r => r.Accuracy] : [r => r.Accuracy];
        IReadOnlyList<string> header =
        [
            "features", "labels",
            .. figures.Index().SelectMany(f => protocols.Select(p => f.Index == 0 ? p : $"{p} (plain)")),
        ];
        var rows = Rows.GroupBy(r => (r.Labels, r.Option)).OrderBy(g => Amounts.IndexOf(g.Key.Labels)).Select(cell => (IReadOnlyList<string>)
        [
            cell.Key.Option, $"{cell.Key.Labels} ({cell.First().Labeled})",
            .. figures.SelectMany(figure => protocols.Select(p =>
                cell.FirstOrDefault(r => r.Protocol == p) is { } row ? Spread(figure(row)) : "")),
        ]);
        return (header, [.. rows]);
    }

    /// <summary>What the figures of the table are.</summary>
    public string Measure => _balanced
        ? "Balanced accuracy, the mean of the classes' shares that were found, in %; behind it, as plain, the share of all images."
        : "Accuracy in %.";

    /// <summary>The report as Markdown.</summary>
    internal string Markdown()
    {
        var (header, rows) = Table();
        var text = new StringBuilder($"# {Verdict}\n\n{Description}.\n{Measure}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", header)} |\n|{string.Concat(header.Select(_ => "---|"))}\n");
        foreach (var row in rows) text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |\n");
        foreach (var note in Notes) text.Append(CultureInfo.InvariantCulture, $"\n- {note}");
        return text.Append('\n').ToString();
    }

    /// <summary>The best protocol of each option and amount as a picture.</summary>
    public string Picture() => ComparisonChart.Draw(Verdict, _balanced ? "balanced accuracy" : "accuracy", [.. Rows
        .GroupBy(r => (r.Labels, r.Option))
        .Select(g => g.MaxBy(r => Values(r).Average())!)
        .GroupBy(r => r.Labels)
        .Select(g => new ChartGroup($"labels: {g.Key}",
            [.. g.Select(r => new ChartBar($"{r.Option}, {r.Protocol}", Values(r), r.Option == Recommended))]))]);

    private List<string> Amounts => [.. Rows.Select(r => r.Labels).Distinct()];

    private IReadOnlyList<double> Values(ComparisonRow row) => [.. (_balanced ? row.Balanced : row.Accuracy).Select(v => 100 * v)];

    private static string Spread(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        var text = (100 * mean).ToString("F1", CultureInfo.InvariantCulture);
        if (values.Count < 2) return text;
        var deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
        return string.Create(CultureInfo.InvariantCulture, $"{text} ± {100 * deviation:F1}");
    }
}
