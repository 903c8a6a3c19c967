using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Evaluation;

namespace Byol.Cli.Evaluations;

/// <summary>Evaluations as people read them.</summary>
internal static class EvaluationTable
{
    /// <summary>What was done, in a line.</summary>
    public static string Heading(ChosenProtocol chosen, EvaluationTask task) =>
        string.Create(CultureInfo.InvariantCulture,
            $"{chosen.Protocol.Title}: {task.Test.Count:N0} images of {task.Test.Name}, "
            + $"learned from {task.Train.Count:N0} of {task.Train.Name}");

    /// <summary>A line that says what was done, then a row for each candidate and amount of labels.</summary>
    /// <param name="heading">What was done.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="task">Its test images decide whether balanced accuracy differs from accuracy.</param>
    public static string Format(string heading, IReadOnlyList<EvaluationRow> rows, EvaluationTask task)
    {
        var columns = new List<(string Header, Func<EvaluationRow, string> Cell)>
        {
            ("features", r => r.Features),
            ("dimension", r => r.Dimension.ToString(CultureInfo.InvariantCulture)),
        };
        if (rows.Any(r => r.Labels != LabelBudget.All.ToString()))
            columns.Add(("labels", r => string.Create(CultureInfo.InvariantCulture, $"{r.Labels} ({r.Labeled:N0})")));
        if (rows.Any(r => r.Neighbors is not null)) columns.Add(("k", r => $"{r.Neighbors}"));
        columns.Add(("accuracy", r => WithSpread(r.Accuracy, r.AccuracyStd)));
        columns.Add(("95 % interval", r => string.Create(CultureInfo.InvariantCulture, $"{100 * r.Low:F1} to {100 * r.High:F1}")));
        if (task.TestLabels.CountBy(l => l).Select(c => c.Value).Distinct().Count() > 1)
            columns.Add(("balanced", r => WithSpread(r.BalancedAccuracy, r.BalancedAccuracyStd)));
        if (rows.Any(r => r.Top5 is not null)) columns.Add(("top-5", r => r.Top5 is { } top5 ? Output.Percent(top5) : ""));
        var cells = rows.Select(r => (IReadOnlyList<string>)[.. columns.Select(c => c.Cell(r))]);
        return $"\n{heading}\n\n{Table.Format([.. columns.Select(c => c.Header)], [.. cells])}{Footing.OfTable(task)}\n\n";
    }

    /// <summary>Recall and precision of each class, and what it was taken for.</summary>
    public static string PerClass(EvaluationRow row, IReadOnlyList<string> classes)
    {
        var draws = row.Draws.Count > 1 ? $", sum of {row.Draws.Count} draws" : "";
        return $"{row.Features}, labels {row.Labels}{draws}: each class by recall and precision, and by what it was taken for\n\n"
            + $"{Classes(row.Confusion, row.Recall, row.Precision, classes)}\n";
    }

    /// <summary>The table of it alone.</summary>
    public static string Classes(ConfusionMatrix confusion, IReadOnlyList<string> classes) =>
        Classes(confusion.Counts, confusion.Recall, confusion.Precision, classes);

    private static string Classes(
        IReadOnlyList<IReadOnlyList<int>> counts, IReadOnlyList<double> recall, IReadOnlyList<double> precision,
        IReadOnlyList<string> classes)
    {
        IReadOnlyList<string> header = ["class", "images", "recall", "precision", .. classes];
        var rows = classes.Select((name, c) => (IReadOnlyList<string>)
            [name, Count(counts[c].Sum()), Share(recall[c]), Share(precision[c]), .. counts[c].Select(Count)]);
        return Table.Format(header, [.. rows]);
    }

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Share(double share) => double.IsNaN(share) ? "-" : Output.Percent(share);

    private static string WithSpread(double mean, double? spread) =>
        spread is { } std ? string.Create(CultureInfo.InvariantCulture, $"{100 * mean:F1} ± {100 * std:F1} %") : Output.Percent(mean);
}
