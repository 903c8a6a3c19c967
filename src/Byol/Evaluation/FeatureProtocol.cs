using System.Globalization;
using Byol.Data.Datasets;
using Byol.Data.Views;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>A protocol on features that are computed once, from center views.</summary>
public abstract class FeatureProtocol : Protocol
{
    private const string RawPixelsName = "raw pixels";
    private bool _saidSame;

    private protected FeatureProtocol(string title, object? options)
        : base(title, options, Baseline.RawPixels, Baseline.PixelComponents, Baseline.UntrainedEncoder)
    {
    }

    /// <inheritdoc/>
    internal override IProbe Probe(EncoderSubject encoder, EvaluationTask task) => Rows(encoder, [task])[0];

    /// <inheritdoc/>
    private protected override IReadOnlyList<IProbe> Rows(EncoderSubject encoder, IReadOnlyList<EvaluationTask> tasks)
    {
        using var opened = encoder.Open();
        return Probes(encoder.Name, tasks, data => FeatureBank.Encode(opened, data));
    }

    /// <summary>Makes rows from features that a function computes.</summary>
    /// <param name="name">Their name in tables.</param>
    /// <param name="tasks">The images of each row.</param>
    /// <param name="encode">Computes the features of images; the row disposes them.</param>
    internal IReadOnlyList<IProbe> Probes(string name, IReadOnlyList<EvaluationTask> tasks, Func<IDataset, FeatureBank> encode) =>
        Encoded(tasks, encode, (task, train, test) =>
        {
            var ofPixels = name == EncoderSubject.Random || name.StartsWith(RawPixelsName, StringComparison.Ordinal);
            SayShared(task, () => ofPixels ? SharedImages.OfPixels(train, test) : SharedImages.Between(train, test));
            return Probe(name, train, test, Standardization.Of);
        });

    /// <inheritdoc/>
    private protected override IReadOnlyList<IProbe> Rows(
        Baseline baseline, EncoderSubject beside, IReadOnlyList<EvaluationTask> tasks, ulong seed) => baseline switch
    {
        Baseline.RawPixels => Probes(RawPixelsName, tasks, data => FeatureBank.RawPixels(data, beside.Views)),
        Baseline.PixelComponents => Encoded(tasks, data => FeatureBank.RawPixels(data, beside.Views), (_, train, test) =>
        {
            var (projected, others) = PrincipalComponents.Project(train, test, beside.Architecture.RepresentationSize);
            using (projected)
            using (others) return Probe("PCA of pixels", projected, others, Standardization.Common);
        }),
        Baseline.UntrainedEncoder => Rows(beside.Untrained(seed), tasks),
        _ => [base.Probe(baseline, beside, tasks[0], seed)],        // refuses
    };

    // Folds share their images, so the images are encoded once.
    private static List<IProbe> Encoded(
        IReadOnlyList<EvaluationTask> tasks, Func<IDataset, FeatureBank> encode, Func<EvaluationTask, FeatureBank, FeatureBank, IProbe> make)
    {
        using var whole = tasks[0].Fold is { } fold ? encode(fold.Whole) : null;
        var rows = new List<IProbe>();
        foreach (var task in tasks)
        {
            using var train = (whole?.Select(task.Fold!.Train) ?? encode(task.Train)).WithClasses(task.Classes);
            using var test = (whole?.Select(task.Fold!.Test) ?? encode(task.Test)).WithClasses(task.Classes);
            rows.Add(make(task, train, test));
        }
        return rows;
    }

    // Once for a table, because its rows have the same images.
    private void SayShared(EvaluationTask task, Func<SharedImages> count)
    {
        // Folds are drawn with near-duplicates kept together.
        if (Warn is null || task.Fold is not null || task.ClassifiesTrainingImages) return;
        var shared = count();
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
    internal override IProbe RawPixels(ViewOptions views, EvaluationTask task) => Probe(RawPixelsName, views, task);

    /// <summary>Makes the row of the pixels.</summary>
    internal IProbe Probe(string name, ViewOptions views, EvaluationTask task) =>
        Probes(name, [task], data => FeatureBank.RawPixels(data, views))[0];

    /// <inheritdoc/>
    internal override IProbe Probe(Baseline baseline, EncoderSubject beside, EvaluationTask task, ulong seed) =>
        Rows(baseline, beside, [task], seed)[0];

    /// <summary>Makes a row of features.</summary>
    /// <param name="name">The name in tables.</param>
    /// <param name="train">Features of all training images; the caller keeps them.</param>
    /// <param name="test">Features of all test images; the caller keeps them.</param>
    /// <param name="measure">Measures their scale, if the protocol standardizes them.</param>
    private protected abstract FeatureProbe Probe(
        string name, FeatureBank train, FeatureBank test, Func<Tensor, Standardization> measure);
}

/// <summary>Weighted nearest neighbors.</summary>
/// <param name="options">k and T.</param>
public sealed class KnnProtocol(KnnOptions options) : FeatureProtocol(string.Create(CultureInfo.InvariantCulture,
    $"kNN ({(options.Neighbors is { } k ? $"k = {k}" : "k by the smallest class")}, T = {options.Temperature})"), options)
{
    private protected override void Require(int labels) => options.Validate(labels);

    private protected override int? NeighborsOf(IEnumerable<int> labels) => options.NeighborsFor(labels);

    private protected override FeatureProbe Probe(
        string name, FeatureBank train, FeatureBank test, Func<Tensor, Standardization> measure) =>
        new(name, train.Shared(), test.Shared(), (labeled, queries, _) => Knn.Votes(labeled, queries, options));
}

/// <summary>The linear probe on standardized features: logistic regression, with its regularization chosen by cross-validation.</summary>
public sealed class LinearProtocol() : FeatureProtocol("linear probe (logistic regression on standardized features, C by cross-validation)", null)
{
    private protected override FeatureProbe Probe(
        string name, FeatureBank train, FeatureBank test, Func<Tensor, Standardization> measure) =>
        FeatureProbe.Scaled(name, train, test, measure, (labeled, queries, seed) => LinearProbe.Scores(labeled, queries, seed, Warn));
}
