using System.Globalization;
using System.Text;
using Byol.Cli.Terminal;
using Byol.Evaluation.Classification;
using Byol.OnnxRuntime;

namespace Byol.Cli.Evaluations;

/// <summary>The result, and its figures.</summary>
/// <param name="file">The file.</param>
/// <param name="made">The classifier.</param>
/// <param name="data">What it was made of.</param>
internal sealed class ClassifierSummary(OnnxFile file, Classifier made, string data)
{
    private const int MostInTable = 20;
    private readonly ClassifierReport _report = made.Report;

    /// <summary>For --json.</summary>
    public object Result() => new
    {
        file.File,
        file.Card,
        data,
        made.Classes,
        _report.Images,
        _report.Unassessed,
        _report.Accuracy,
        AccuracyInterval = new[] { _report.AccuracyInterval.Low, _report.AccuracyInterval.High },
        _report.Confusion.BalancedAccuracy,
        _report.Majority,
        _report.Chance,
        _report.BeatsChance,
        Confusion = _report.Confusion.Counts,
        _report.CalibrationErrorBefore,
        _report.CalibrationError,
        _report.CalibrationErrorByChance,
        _report.Temperature,
        NoveltyThresholds = _report.Thresholds,
        _report.Unreadable,
        Parity = (object)file.Parity,
    };

    /// <summary>For people.</summary>
    public string Text()
    {
        var (low, high) = (_report.AccuracyInterval.Low, _report.AccuracyInterval.High);
        var text = new StringBuilder("\n");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"Done: {file.File}  ({new FileInfo(file.File).Length / 1e6:F1} MB), {made.Classes.Count} classes of {data}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  card         {file.Card}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  checked      {file.Parity}");
        text.AppendLine(CultureInfo.InvariantCulture, $"\nCross-validated on {_report.Images:N0} images, each without its fold; near-duplicates share one");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"  accuracy     {Output.Percent(_report.Accuracy)}, 95 % interval {100 * low:F1} to {Output.Percent(high)}; "
            + $"the most frequent class {Output.Percent(_report.Majority)}");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"  balanced     {Output.Percent(_report.Confusion.BalancedAccuracy)}, the mean of the classes; "
            + $"chance {Output.Percent(_report.Chance)}");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"  calibration  error {100 * _report.CalibrationErrorBefore:F1} points before, {100 * _report.CalibrationError:F1} after "
            + $"(temperature {_report.Temperature:F2}); right probabilities would show {100 * _report.CalibrationErrorByChance:F1}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  novelty      {string.Join(", ", _report.Thresholds.Select(Threshold))}");
        text.Append('\n').Append(made.Classes.Count <= MostInTable
            ? EvaluationTable.Classes(_report.Confusion, made.Classes)
            : $"The confusion of {made.Classes.Count} classes is in {file.Card}.\n");
        if (!_report.BeatsChance)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"\nNo better than chance: this classifier cannot tell the classes of {data} apart; do not use it.");
        }
        if (_report.Unassessed > 0)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"\n{_report.Unassessed:N0} images were used for training only and are in no figure: "
                + $"all images of their class are near-duplicates, so none can be held out.");
        }
        return text.Append(Output.List(_report.Unreadable)).ToString();
    }

    private static string Threshold(NoveltyThreshold threshold) => string.Create(
        CultureInfo.InvariantCulture, $"above {threshold.Value:G3} are {100 * (1 - threshold.Share):F0} % of known images");
}
