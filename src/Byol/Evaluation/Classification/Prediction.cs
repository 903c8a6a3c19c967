namespace Byol.Evaluation.Classification;

/// <summary>Why a person should look at an image.</summary>
public enum Doubt
{
    /// <summary>No reason: probable, and like the images that were learned from.</summary>
    None,

    /// <summary>The label is less than 90 % probable.</summary>
    Unsure,

    /// <summary>Unlike all that was learned from: of known images 1 % are so. The label means little.</summary>
    Novel,
}

/// <summary>What a classifier says of an image.</summary>
public sealed class Prediction
{
    private const double Sure = 0.9;

    internal Prediction(ClassifierDescription classifier, int label, float[] probabilities, double novelty)
    {
        (Label, Probability, Probabilities, Novelty) = (classifier.Classes[label], probabilities[label], probabilities, novelty);
        NoveltyAbove = classifier.Thresholds.LastOrDefault(t => novelty > t.Value)?.Share;
        Doubt = NoveltyAbove >= NoveltyThreshold.Shares[^1] ? Doubt.Novel : Probability < Sure ? Doubt.Unsure : Doubt.None;
    }

    /// <summary>The class that the image is called by: the one with the highest score.</summary>
    public string Label { get; }

    /// <summary>Its probability, 0 to 1.</summary>
    public double Probability { get; }

    /// <summary>The probability of each class, in label order; their sum is 1.</summary>
    public IReadOnlyList<float> Probabilities { get; }

    /// <summary>How unlike the image is to all that was learned from, 0 to 2: 1 − the cosine to the nearest.</summary>
    public double Novelty { get; }

    /// <summary>The share of known images that are less novel: the highest of 0.9, 0.95 and 0.99 that holds; null if none does.</summary>
    public double? NoveltyAbove { get; }

    /// <summary>Why a person should look at the image.</summary>
    public Doubt Doubt { get; }
}
