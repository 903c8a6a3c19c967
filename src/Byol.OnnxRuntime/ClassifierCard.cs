using System.Text.Encodings.Web;
using System.Text.Json;
using Byol.Evaluation.Classification;
using Byol.Export;

namespace Byol.OnnxRuntime;

/// <summary>The card beside a classifier's ONNX file: what goes in, what comes out, and what it is worth.</summary>
internal static class ClassifierCard
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,   // for people to read; it goes into no page
    };

    public static void Write(Stream stream, string file, Classifier classifier, ClassifierParity parity)
    {
        var (description, report) = (classifier.Encoder.Description, classifier.Report);
        var dimension = description.Architecture.RepresentationSize;
        var card = new
        {
            Model = file,
            classifier.Classes,
            Input = ModelCard.Input(description),
            Preprocessing = ModelCard.Prepared(description),
            Outputs = new[]
            {
                Output(OnnxHead.Probabilities, "float32", ["batch", classifier.Classes.Count], "of each class, calibrated; their sum is 1"),
                Output(OnnxHead.Label, "int64", ["batch"], "the place of the most probable class in classes"),
                Output(OnnxHead.Novelty, "float32", ["batch"],
                    "how unlike the image is to all training images: 1 - the cosine to the nearest; see novelty_thresholds"),
                Output(OnnxWriter.Embedding, "float32", ["batch", dimension], "as the encoder gives it"),
            },
            NoveltyThresholds = report.Thresholds.Select(t => new { KnownImagesBelow = t.Share, Novelty = t.Value }),
            CrossValidated = new
            {
                report.Images,
                report.Accuracy,
                AccuracyInterval95 = new[] { report.AccuracyInterval.Low, report.AccuracyInterval.High },
                report.Confusion.BalancedAccuracy,
                report.Majority,
                report.Chance,
                Confusion = report.Confusion.Counts,
                Calibration = new
                {
                    report.Temperature,
                    ErrorBefore = report.CalibrationErrorBefore,
                    Error = report.CalibrationError,
                    ErrorByChance = report.CalibrationErrorByChance,
                    report.Calibrated.Bins,
                },
                report.Unassessed,
            },
            Encoder = ModelCard.Settings(description.Architecture),
            WeightsSha256 = description.Weights,
            Checked = parity,
            description.Recipe,
        };
        JsonSerializer.Serialize(stream, card, Json);
    }

    private static object Output(string name, string type, object[] shape, string values) =>
        new { Name = name, Type = type, Shape = shape, Values = values };
}
