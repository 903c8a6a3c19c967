using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>How test images were classified.</summary>
public sealed class ClassificationResult
{
    internal ClassificationResult(ConfusionMatrix confusion, double? top5) =>
        (Confusion, Top5) = (confusion, top5);

    /// <summary>Every image by its true and its predicted class.</summary>
    public ConfusionMatrix Confusion { get; }

    /// <summary>The share of images whose class is among the five highest scores; null if there are five classes or fewer.</summary>
    public double? Top5 { get; }

    private const int Several = 5;

    /// <summary>Top-1 accuracy, 0 to 1.</summary>
    public double Accuracy => Confusion.Accuracy;

    /// <summary>Classifies by scores. Of equal scores the class with the lower index wins.</summary>
    /// <param name="scores">[M,C] fp32; a higher score is a more likely class.</param>
    /// <param name="labels">M class indices.</param>
    /// <exception cref="ArithmeticException">A score is not a number.</exception>
    public static ClassificationResult Of(Tensor scores, IReadOnlyList<int> labels)
    {
        var classes = (int)scores.shape[1];
        using var contiguous = scores.contiguous();
        var values = contiguous.data<float>().ToArray();
        var predicted = new int[labels.Count];
        var near = 0;
        for (var i = 0; i < labels.Count; i++)
        {
            var row = values.AsSpan(i * classes, classes);
            if (row.Contains(float.NaN))
            {
                throw new ArithmeticException(
                    "Scores are not numbers: training diverged, or the encoder is damaged; "
                        + "lower FineTuneOptions.EncoderLearningRate, or pretrain again.");
            }
            predicted[i] = Best(row);
            if (Rank(row, labels[i]) < Several) near++;
        }
        return new ClassificationResult(ConfusionMatrix.Of(labels, predicted, classes), classes > Several ? near / (double)labels.Count : null);
    }

    private static int Best(ReadOnlySpan<float> row)
    {
        var best = 0;
        for (var c = 1; c < row.Length; c++)
        {
            if (row[c] > row[best]) best = c;
        }
        return best;
    }

    private static int Rank(ReadOnlySpan<float> row, int label)
    {
        var before = 0;
        for (var c = 0; c < row.Length; c++)
        {
            if (row[c] > row[label] || (row[c] == row[label] && c < label)) before++;
        }
        return before;
    }
}
