using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>A classifier of features that stay as they are.</summary>
/// <param name="labeled">Features and labels to learn from.</param>
/// <param name="queries">[M,D] fp32, to classify.</param>
/// <param name="seed">Seeds all draws.</param>
/// <returns>[M,C] fp32; the caller's dispose scope owns it.</returns>
internal delegate Tensor FeatureClassifier(FeatureBank labeled, Tensor queries, ulong seed);

/// <summary>Features that were computed once: any encoder's, or pixels.</summary>
/// <param name="name">The name in tables.</param>
/// <param name="train">Features of all training images; disposed with this.</param>
/// <param name="test">Features of all test images; disposed with this.</param>
/// <param name="classifier">Learns and scores.</param>
internal sealed class FeatureProbe(string name, FeatureBank train, FeatureBank test, FeatureClassifier classifier) : IProbe
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public long Dimension => train.Features.shape[1];

    /// <inheritdoc/>
    public bool IsRepeatable => true;

    /// <inheritdoc/>
    public Tensor Scores(IReadOnlyList<int> labeled, ulong seed)
    {
        if (labeled.Count == train.Labels.Count) return classifier(train, test.Features, seed);
        using var seen = train.Select(labeled);
        return classifier(seen, test.Features, seed);
    }

    /// <summary>A probe on standardized features.</summary>
    /// <param name="name">The name in tables.</param>
    /// <param name="train">Features of all training images; the caller keeps them.</param>
    /// <param name="test">Features of all test images; the caller keeps them.</param>
    /// <param name="measure">Measures the training features, for instance <see cref="Standardization.Of"/>.</param>
    /// <param name="classifier">Learns and scores.</param>
    public static FeatureProbe Scaled(
        string name, FeatureBank train, FeatureBank test, Func<Tensor, Standardization> measure, FeatureClassifier classifier)
    {
        using var scale = measure(train.Features);
        return new FeatureProbe(
            name, train.WithFeatures(scale.Apply(train.Features)), test.WithFeatures(scale.Apply(test.Features)), classifier);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        train.Dispose();
        test.Dispose();
    }
}
