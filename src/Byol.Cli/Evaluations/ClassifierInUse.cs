using System.Globalization;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Encoders;
using Byol.Evaluation.Classification;
using Byol.OnnxRuntime;
using static TorchSharp.torch;

namespace Byol.Cli.Evaluations;

/// <summary>What an encoder is for, shown once: a classifier of a few labeled images, and its predictions for others.</summary>
internal sealed class ClassifierInUse
{
    private readonly IReadOnlyList<IReadOnlyList<string>> _rows;
    private readonly string _heading;

    /// <summary>Makes the classifier and uses it.</summary>
    /// <param name="encoder">The encoder's file.</param>
    /// <param name="labeled">Images to learn from.</param>
    /// <param name="others">Images to classify; their labels are shown beside.</param>
    /// <param name="path">Where the classifier goes; ends in .onnx.</param>
    public ClassifierInUse(string encoder, IDataset labeled, IDataset others, string path)
    {
        using var opened = EncoderFile.Open(encoder, CPU);
        using var made = Classifier.Train(opened, labeled);
        var file = made.ExportOnnx(path, labeled);
        Result = new ClassifierSummary(file, made, labeled.Name).Result();
        var report = made.Report;
        _heading = string.Create(CultureInfo.InvariantCulture,
            $"A classifier of {report.Images:N0} labeled images: {Output.Percent(report.Accuracy)} of them are called by their name when held "
            + $"out ({100 * report.AccuracyInterval.Low:F0} to {100 * report.AccuracyInterval.High:F0}), calibration error "
            + $"{100 * report.CalibrationError:F1} points.\nPredictions of {file.File} for others:\n");
        using var classifier = OnnxClassifier.Open(path);
        var rows = new List<IReadOnlyList<string>>();
        classifier.Predict(others, (i, p) => rows.Add(
            [others.ItemName(i), others.Classes[others.Label(i)!.Value], p.Label, Output.Percent(p.Probability),
                p.Novelty.ToString("F3", CultureInfo.InvariantCulture), In(p.Doubt)]));
        _rows = rows;
    }

    /// <summary>For --json.</summary>
    public object Result { get; }

    /// <summary>For people.</summary>
    public string Text() => $"\n{_heading}\n{Table.Format(["image", "is", "called", "probability", "novelty", ""], [.. _rows])}";

    private static string In(Doubt doubt) => doubt switch
    {
        Doubt.Novel => "unlike the known images",
        Doubt.Unsure => "unsure",
        _ => "",
    };
}
