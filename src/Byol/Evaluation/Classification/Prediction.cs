namespace Byol.Evaluation.Classification;

/// <summary>Why a person should look at an image.</summary>
public enum Doubt
{
    /// <summary>No reason: the label is probable, and the image is like the training images.</summary>
    None,

    /// <summary>The label is less than 90 % probable.</summary>
    Unsure,

    /// <summary>The image is unlike the training images, as at most 1 % of known images are. The label means little.</summary>
    Novel,
}

/// <summary>The prediction of a classifier for an image.</summary>
public sealed class Prediction
{
    private const double Sure = 0.9;

    internal Prediction(ClassifierDescription classifier, int label, float[] probabilities, double novelty)
    {
        (Label, Probability, Probabilities, Novelty) = (classifier.Classes[label], probabilities[label], probabilities, novelty);
        NoveltyAbove = classifier.Thresholds.LastOrDefault(t => novelty > t.Value)?.Share;
        Doubt = NoveltyAbove >= NoveltyThreshold.Shares[^1] ? Doubt.Novel : Probability < Sure ? Doubt.Unsure : Doubt.None;
    }

    /// <summary>The predicted class: the one with the highest score.</summary>
    public string Label { get; }

    /// <summary>Its probability, 0 to 1.</summary>
    public double Probability { get; }

    /// <summary>The probability of each class, in label order; their sum is 1.</summary>
    public IReadOnlyList<float> Probabilities { get; }

    /// <summary>How unlike the image is to the training images, 0 to 2: 1 − the cosine to the nearest.</summary>
    public double Novelty { get; }

    /// <summary>The share of known images that are less novel, as the highest of 0.9, 0.95 and 0.99 that applies; null if none
    /// does.</summary>
    public double? NoveltyAbove { get; }

    /// <summary>Why a person should look at the image.</summary>
    public Doubt Doubt { get; }
}
