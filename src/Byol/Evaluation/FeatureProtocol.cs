using System.Globalization;
using Byol.Data.Datasets;
using Byol.Data.Views;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>A protocol on features that are computed once, from center views.</summary>
public abstract class FeatureProtocol : Protocol
{
    private bool _saidSame;

    private protected FeatureProtocol()
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Baseline> Baselines => [Baseline.RawPixels, Baseline.PixelComponents, Baseline.UntrainedEncoder];

    /// <inheritdoc/>
    public override IProbe Probe(EncoderSubject encoder, EvaluationTask task)
    {
        using var opened = encoder.Open();
        using var train = FeatureBank.Encode(opened, task.Train).WithClasses(task.Classes);
        using var test = FeatureBank.Encode(opened, task.Test).WithClasses(task.Classes);
        SayShared(task, encoder.Name == EncoderSubject.Random ? SharedImages.OfPixels(train, test) : SharedImages.Between(train, test));
        return Probe(encoder.Name, train, test, Standardization.Of);
    }

    // Once for a table: its rows are of the same images.
    private void SayShared(EvaluationTask task, SharedImages shared)
    {
        if (Warn is null || task.ClassifiesTrainingImages) return;
        if (shared.Same > 0 && !_saidSame)
        {
            Warn($"{shared.Same} of {task.Test.Count} images of {task.Test.Name} are among those of {task.Train.Name}, pixel for pixel as "
                + "the encoder sees them: the accuracy is too high by them; leave them out of one of the two.");
            _saidSame = true;
        }
        if (shared.Near > 0)
        {
            Warn($"{shared.Near} {(shared.Same > 0 ? "more" : $"of {task.Test.Count}")} images of {task.Test.Name} are nearly the same as "
                + $"one of {task.Train.Name}, perhaps of the same thing: the accuracy says less of others; keep such images on one side.");
        }
    }

    /// <inheritdoc/>
    internal override IProbe RawPixels(ViewOptions views, EvaluationTask task) => Probe("raw pixels", views, task);

    /// <summary>Makes the row of the pixels.</summary>
    internal IProbe Probe(string name, ViewOptions views, EvaluationTask task)
    {
        using var train = Pixels(task.Train, views, task);
        using var test = Pixels(task.Test, views, task);
        SayShared(task, SharedImages.OfPixels(train, test));
        return Probe(name, train, test, Standardization.Of);
    }

    /// <inheritdoc/>
    public override IProbe Probe(Baseline baseline, EncoderSubject beside, EvaluationTask task, ulong seed)
    {
        if (baseline != Baseline.PixelComponents) return base.Probe(baseline, beside, task, seed);
        using var train = Pixels(task.Train, beside.Views, task);
        using var test = Pixels(task.Test, beside.Views, task);
        var (projected, others) = PrincipalComponents.Project(train, test, beside.Architecture.RepresentationSize);
        using (projected)
        using (others) return Probe("PCA of pixels", projected, others, Standardization.Common);
    }

    /// <summary>Makes a row of features.</summary>
    /// <param name="name">What tables call it.</param>
    /// <param name="train">Features of all training images; they stay the caller's.</param>
    /// <param name="test">Features of all test images; they stay the caller's.</param>
    /// <param name="measure">Brings them to scale, if the protocol wants that.</param>
    private protected abstract FeatureProbe Probe(
        string name, FeatureBank train, FeatureBank test, Func<Tensor, Standardization> measure);

    private static FeatureBank Pixels(IDataset data, ViewOptions views, EvaluationTask task) =>
        FeatureBank.RawPixels(data, views).WithClasses(task.Classes);
}

/// <summary>Weighted nearest neighbors.</summary>
/// <param name="options">k and T.</param>
public sealed class KnnProtocol(KnnOptions options) : FeatureProtocol
{
    /// <summary>k and T.</summary>
    public KnnOptions Options { get; } = options;

    /// <inheritdoc/>
    public override string Title => string.Create(CultureInfo.InvariantCulture,
        $"kNN ({(Options.Neighbors is { } k ? $"k = {k}" : "k by the smallest class")}, T = {Options.Temperature})");

    /// <inheritdoc/>
    public override Protocol For(int labels)
    {
        Options.Validate(labels);
        return this;
    }

    private protected override FeatureProbe Probe(
        string name, FeatureBank train, FeatureBank test, Func<Tensor, Standardization> measure) =>
        new(name, train.Shared(), test.Shared(), (labeled, queries, _) => Knn.Votes(labeled, queries, Options));
}

/// <summary>The linear probe on standardized features: logistic regression, its regularization chosen by cross-validation.</summary>
public sealed class LinearProtocol : FeatureProtocol
{
    /// <inheritdoc/>
    public override string Title => "linear probe (logistic regression on standardized features, C by cross-validation)";

    private protected override FeatureProbe Probe(
        string name, FeatureBank train, FeatureBank test, Func<Tensor, Standardization> measure) =>
        FeatureProbe.Scaled(name, train, test, measure, (labeled, queries, seed) => LinearProbe.Scores(labeled, queries, seed, Warn));
}
