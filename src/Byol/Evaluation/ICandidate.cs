using Byol.Data.Views;
using Byol.Models;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>One row of a comparison: features and a way to learn from labels.</summary>
public interface ICandidate : IDisposable
{
    /// <summary>What tables call it.</summary>
    string Name { get; }

    /// <summary>D, the size of its feature vectors.</summary>
    long Dimension { get; }

    /// <summary>Learns from labelled training images and scores every test image.</summary>
    /// <param name="labelled">Indices of the training images whose labels may be seen.</param>
    /// <param name="seed">Draws whatever is drawn.</param>
    /// <returns>[M,C] fp32; the caller's dispose scope owns it.</returns>
    Tensor Scores(IReadOnlyList<int> labelled, ulong seed);
}

/// <summary>A classifier of features that stay as they are.</summary>
/// <param name="labelled">Features and labels to learn from.</param>
/// <param name="queries">[M,D] fp32, to classify.</param>
/// <param name="seed">Draws whatever is drawn.</param>
/// <returns>[M,C] fp32; the caller's dispose scope owns it.</returns>
public delegate Tensor FeatureClassifier(FeatureBank labelled, Tensor queries, ulong seed);

/// <summary>Features that were computed once: any encoder's, or pixels.</summary>
/// <param name="name">What tables call it.</param>
/// <param name="train">Features of all training images; the candidate disposes them.</param>
/// <param name="test">Features of all test images; the candidate disposes them.</param>
/// <param name="classifier">Learns and scores.</param>
public sealed class FrozenFeatures(string name, FeatureBank train, FeatureBank test, FeatureClassifier classifier) : ICandidate
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public long Dimension => train.Features.shape[1];

    /// <inheritdoc/>
    public Tensor Scores(IReadOnlyList<int> labelled, ulong seed)
    {
        if (labelled.Count == train.Labels.Count) return classifier(train, test.Features, seed);
        using var seen = train.Select(labelled);
        return classifier(seen, test.Features, seed);
    }

    /// <summary>The same features brought to scale; these ones are disposed.</summary>
    /// <param name="measure">Measures the training features, for instance <see cref="Standardization.Of"/>.</param>
    public FrozenFeatures Scaled(Func<Tensor, Standardization> measure)
    {
        using var old = this;
        using var scale = measure(train.Features);
        return new FrozenFeatures(name, train with { Features = scale.Apply(train.Features) }, test with { Features = scale.Apply(test.Features) }, classifier);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        train.Dispose();
        test.Dispose();
    }
}

/// <summary>A frozen encoder whose classifier is trained on random crops.</summary>
/// <param name="name">What tables call it.</param>
/// <param name="encoder">f; the candidate disposes it.</param>
/// <param name="task">The images.</param>
/// <param name="views">Size, crops and normalisation.</param>
/// <param name="options">How to train.</param>
/// <param name="precision">What the encoder computes in.</param>
/// <param name="device">Where the encoder lives.</param>
public sealed class FrozenEncoder(string name, ResNet encoder, EvaluationTask task, ViewOptions views, LinearSgdOptions options, Precision precision, Device device) : ICandidate
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public long Dimension => encoder.Options.RepresentationSize;

    /// <inheritdoc/>
    public Tensor Scores(IReadOnlyList<int> labelled, ulong seed) => LinearSgd.Scores(encoder, task, labelled, views, options, seed, precision, device);

    /// <inheritdoc/>
    public void Dispose() => encoder.Dispose();
}

/// <summary>An encoder all of whose weights are trained.</summary>
/// <param name="name">What tables call it.</param>
/// <param name="dimension">D.</param>
/// <param name="begin">Makes a fresh encoder to begin with, for a seed.</param>
/// <param name="task">The images.</param>
/// <param name="views">Size, crops and normalisation.</param>
/// <param name="options">How to train.</param>
/// <param name="precision">What is computed in.</param>
/// <param name="device">Where the encoder lives.</param>
public sealed class TrainedEncoder(string name, long dimension, Func<ulong, ResNet> begin, EvaluationTask task, ViewOptions views, FineTuneOptions options, Precision precision, Device device) : ICandidate
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public long Dimension => dimension;

    /// <inheritdoc/>
    public Tensor Scores(IReadOnlyList<int> labelled, ulong seed)
    {
        using var encoder = begin(seed);
        return FineTuning.Scores(encoder, task, labelled, views, options, seed, precision, device);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
