using System.Globalization;
using Byol.Cli.Terminal;
using Byol.Evaluation;

namespace Byol.Cli.Evaluations;

/// <summary>Notes for reading an accuracy: the accuracy of guessing, and the interval from the number of images.</summary>
internal static class Footing
{
    /// <summary>Under a table that has the intervals.</summary>
    public static string OfTable(EvaluationTask task) => string.Create(CultureInfo.InvariantCulture,
        $"{Guessing(task)} The interval is what {task.Test.Count:N0} images leave open (95 %, Wilson).");

    /// <summary>Beside figures without intervals.</summary>
    public static string OfFigures(EvaluationTask task) => string.Create(CultureInfo.InvariantCulture,
        $"{Guessing(task)} {task.Test.Count:N0} images leave up to ±{100 * WilsonInterval.Of(0.5, task.Test.Count).High - 50:F1} points "
        + $"open (95 %, Wilson).");

    private static string Guessing(EvaluationTask task) =>
        $"Guessing one of {task.Classes.Count} classes has {Output.Percent(task.Chance)}, always \"{task.MajorityClass}\" "
        + $"{Output.Percent(task.MajorityShare)}.";
}
