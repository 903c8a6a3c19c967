using Byol.Data.Datasets;
using Byol.Data.Views;

namespace Byol.Evaluation.Classification;

/// <summary>How well a classifier works on images that it was not trained on: cross-validated, each image classified once by a classifier
/// that was trained without its fold.</summary>
public sealed class ClassifierReport
{
    private readonly Reliability _plain, _calibrated;

    internal ClassifierReport(IReadOnlyList<HeldOut> heldOut, IReadOnlyList<int> labels, int classes, double temperature)
    {
        var (truth, predicted) = (new List<int>(), new List<int>());
        var (plain, calibrated) = (new List<double>(), new List<double>());
        var (raw, probabilities) = (new double[classes], new double[classes]);
        foreach (var part in heldOut)
        {
            for (var i = 0; i < part.Labels.Count; i++)
            {
                var logits = part.Logits.AsSpan(i * classes, classes);
                truth.Add(part.Labels[i]);
                Calibration.None(classes).Probabilities(logits, raw);
                part.Calibration.Probabilities(logits, probabilities);
                predicted.Add(Softmax.Largest<float>(logits));
                calibrated.Add(probabilities[predicted[^1]]);
                plain.Add(raw[predicted[^1]]);
            }
        }
        bool[] correct = [.. truth.Zip(predicted, (t, p) => t == p)];
        (_plain, _calibrated) = (Reliability.Of(plain, correct), Reliability.Of(calibrated, correct));
        Confusion = ConfusionMatrix.Of(truth, predicted, classes);
        Unassessed = labels.Count - truth.Count;
        Majority = truth.CountBy(t => t).Max(c => c.Value) / (double)truth.Count;
        Chance = 1.0 / labels.Distinct().Count();
        Temperature = temperature;
        Thresholds = NoveltyThreshold.Of([.. heldOut.SelectMany(h => h.Novelty)]);
    }

    /// <summary>Every image by its true and its predicted class.</summary>
    public ConfusionMatrix Confusion { get; }

    /// <summary>Images that were classified.</summary>
    public int Images => Confusion.Total;

    /// <summary>Images that could not be held out, because no other fold has an image of their class.</summary>
    public int Unassessed { get; }

    /// <summary>The share of images that were classified correctly.</summary>
    public double Accuracy => Confusion.Accuracy;

    /// <summary>The 95 % interval of the accuracy on other images of the kind (Wilson).</summary>
    public Interval AccuracyInterval => WilsonInterval.Of(Accuracy, Images);

    /// <summary>The accuracy of always answering the most frequent class.</summary>
    public double Majority { get; }

    /// <summary>The accuracy of random answers, each class equally often.</summary>
    public double Chance { get; }

    /// <summary>Whether the balanced accuracy is above <see cref="Chance"/> by more than two standard errors.</summary>
    public bool BeatsChance => Confusion.BalancedAccuracy - 2 * StandardError > Chance;

    /// <summary>The expected calibration error of probabilities before calibration: ten bins of equal mass.</summary>
    public double CalibrationErrorBefore => _plain.Error;

    /// <summary>The same after calibration, by a calibration that did not see the image.</summary>
    public double CalibrationError => _calibrated.Error;

    /// <summary>The mean of the same figure if all probabilities were right; with few images it is not 0.</summary>
    public double CalibrationErrorByChance => _calibrated.ByChance;

    /// <summary>The temperature that logits are divided by.</summary>
    public double Temperature { get; }

    /// <summary>Novelties that 10, 5 and 1 % of the known images exceed.</summary>
    public IReadOnlyList<NoveltyThreshold> Thresholds { get; }

    /// <summary>Labeled images that could not be read and were not used.</summary>
    public IReadOnlyList<UnreadableImage> Unreadable { get; internal init; } = [];

    /// <summary>Calibrated probabilities against the share that was right.</summary>
    internal Reliability Calibrated => _calibrated;

    // The standard error of the balanced accuracy.
    private double StandardError
    {
        get
        {
            var recalls = Confusion.Recall.Zip(Confusion.Counts, (recall, row) => (Recall: recall, Images: row.Sum()))
                .Where(c => c.Images > 0).ToList();
            return Math.Sqrt(recalls.Sum(c => c.Recall * (1 - c.Recall) / c.Images)) / recalls.Count;
        }
    }
}
