using System.Globalization;
using System.Text;

namespace Byol.Experiments;

/// <summary>A table of text.</summary>
/// <param name="Header">Names of the columns.</param>
/// <param name="Rows">Cells.</param>
internal sealed record ExperimentTable(IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    private const string None = "–";

    /// <summary>An experiment's rows beside the paper's figures.</summary>
    /// <param name="experiment">The rows; those without results are left out.</param>
    /// <param name="results">One or more for each folder.</param>
    public static ExperimentTable Of(Experiment experiment, IReadOnlyList<ArmResult> results)
    {
        var rows = from arm in experiment.Arms
                   let runs = results.Where(r => r.Folder == arm.Folder).ToList()
                   where runs.Count > 0
                   select (IReadOnlyList<string>)
                   [
                       arm.Name, Percent(runs.Select(r => r.Knn)), Percent(runs.Select(r => r.Linear)), Paper(arm.Paper),
                       Mean(runs.Select(r => r.EmbeddingStd), "F2"), Mean(runs.Select(r => r.EffectiveRank), "F1"), Alarms(runs),
                   ];
        return new ExperimentTable(["", "kNN", "linear probe", "paper, top-1", "embedding std", "effective rank", "alarm"], [.. rows]);
    }

    /// <summary>Accuracies as mean and, if there are several, sample standard deviation.</summary>
    /// <param name="accuracies">0 to 1, at least one.</param>
    public static string Percent(IEnumerable<double> accuracies)
    {
        var all = accuracies.Select(a => 100 * a).ToList();
        var mean = all.Average();
        return all.Count == 1
            ? Text($"{mean:F1} %")
            : Text($"{mean:F1} ± {Math.Sqrt(all.Sum(a => (a - mean) * (a - mean)) / (all.Count - 1)):F1} %");
    }

    /// <summary>A figure of the paper.</summary>
    /// <param name="percent">In percent; null if it has none.</param>
    public static string Paper(double? percent) => percent is { } known ? Text($"{known:F1} %") : None;

    /// <summary>The table in Markdown.</summary>
    public string Markdown()
    {
        var text = new StringBuilder();
        foreach (var row in Rows.Prepend([.. Header.Select((_, i) => i == 0 ? "---" : "---:")]).Prepend(Header))
            text.Append("| ").AppendJoin(" | ", row.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
        return text.ToString();
    }

    private static string Mean(IEnumerable<double?> figures, string format) =>
        figures.OfType<double>().ToList() is { Count: > 0 } known ? known.Average().ToString(format, CultureInfo.InvariantCulture) : None;

    private static string Alarms(List<ArmResult> runs) =>
        runs.Count == 1 ? (runs[0].Alarm ? "raised" : "")
            : runs.Count(r => r.Alarm) is > 0 and var raised ? Text($"raised in {raised} of {runs.Count}")
            : "";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
