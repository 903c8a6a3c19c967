using Byol.Evaluation.Classification;
using Byol.Export;

namespace Byol.OnnxRuntime;

/// <summary>The card beside a classifier's ONNX file: input, output and measured quality.</summary>
internal static class ClassifierCard
{
    public static void Write(Stream stream, string file, Classifier classifier, ClassifierParity parity)
    {
        var (description, report) = (
            classifier.Encoder.Description.With(preprocessing: classifier.Preprocessing), classifier.Report);
        var dimension = description.Architecture.RepresentationSize;
        var card = new
        {
            Model = file,
            classifier.Classes,
            Input = ModelCard.Input(description),
            Preprocessing = ModelCard.Prepared(description),
            Outputs = new[]
            {
                ModelCard.Value(
                    OnnxHead.Probabilities, "float32", "of each class, calibrated; their sum is 1", "batch", classifier.Classes.Count),
                ModelCard.Value(OnnxHead.Label, "int64", "the place in classes of the class that the image is called by: the one with the "
                    + "highest score, whether or not it is frequent", "batch"),
                ModelCard.Value(OnnxHead.Novelty, "float32",
                    "how unlike the image is to all training images: 1 - the cosine to the nearest; see novelty_thresholds", "batch"),
                ModelCard.Value(OnnxWriter.Embedding, "float32", "as the encoder gives it", "batch", dimension),
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
        ModelCard.Write(stream, card);
    }
}
