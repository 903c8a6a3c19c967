using Byol.Data.Datasets;
using Byol.Encoders;
using Byol.Models;
using static TorchSharp.torch;

namespace Byol.Evaluation.Classification;

/// <summary>An encoder with a head that names classes, gives calibrated probabilities, and measures how unlike an image is to the training
/// images.</summary>
public sealed class Classifier : IDisposable
{
    private readonly TrainedHead _trained;

    private Classifier(
        OpenedEncoder encoder, Preprocessing preprocessing, TrainedHead trained, IReadOnlyList<string> classes, ClassifierReport report) =>
        (Encoder, Preprocessing, _trained, Classes, Report) = (encoder, preprocessing, trained, classes, report);

    /// <summary>Class names in label order.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Its cross-validated figures.</summary>
    public ClassifierReport Report { get; }

    /// <summary>The encoder.</summary>
    internal OpenedEncoder Encoder { get; }

    /// <summary>How an image is prepared for the encoder: whole, or in tiles.</summary>
    internal Preprocessing Preprocessing { get; }

    /// <summary>The classifier of embeddings.</summary>
    internal CalibratedHead Head => _trained.Head;

    /// <summary>The reference of novelty.</summary>
    internal NoveltyModel Novelty => _trained.Novelty;

    /// <summary>Its description in a file.</summary>
    internal ClassifierDescription Description => new(Classes, Report.Thresholds);

    /// <summary>Trains a classifier on an encoder and labeled images. All figures of its report come from held-out images.</summary>
    /// <param name="encoder">The encoder. Without <see cref="ClassifierOptions.FineTune"/> the classifier uses it, so it must not be
    /// disposed earlier; with it, the encoder is not changed.</param>
    /// <param name="labeled">Labeled images.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives what is counted, the number that is done, and the number in all.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="ArgumentException">Labels are missing, there is one class, or a class has one image; the message gives value, rule
    /// and remedy in one line.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static Classifier Train(
        OpenedEncoder encoder, IDataset labeled, ClassifierOptions? options = null, Action<string, int, int>? progress = null,
        CancellationToken cancellation = default)
    {
        options ??= new ClassifierOptions();
        options.Validate();
        var task = new EvaluationTask(labeled, labeled);
        Require(task, task.TrainLabels);
        var device = encoder.Network.parameters().First().device;
        using var embedding = new TorchEncoder(labeled.Name, encoder, Precision.Float32, device, leaveOpen: true)
            .InTiles(options.Tiles, options.TilePooling);
        using var data = LabeledFeatures.Encode(embedding, task, (done, of) => progress?.Invoke("images", done, of), cancellation);
        Require(task, data.Labels);

        var fold = Folds(task, data, options, cancellation);
        var trained = options.FineTune is { } tuning
            ? new FineTunedTraining(encoder, task, data, fold, tuning, options.Balanced, options.Seed)
                .Run((done, of) => progress?.Invoke("networks", done, of), cancellation)
            : new FrozenTraining(data, fold, new LinearHead(task.Classes.Count, options.Balanced, options.Warn))
                .Run((done, of) => progress?.Invoke("folds", done, of), cancellation);
        var report = new ClassifierReport(trained.HeldOut, data.Labels, task.Classes.Count, trained.Head.Calibration.Temperature)
        {
            Unreadable = data.Unreadable,
        };
        return new Classifier(trained.Encoder ?? encoder, embedding.Preprocessing, trained, task.Classes, report);
    }

    /// <summary>Classifies embeddings.</summary>
    /// <param name="embeddings">[n,D] fp32.</param>
    /// <returns>For each its logits and its probabilities, [C] each.</returns>
    internal IReadOnlyList<(float[] Logits, double[] Probabilities)> Classify(Tensor embeddings)
    {
        using var scores = Head.Classifier.Scores(embeddings);                                          // [n,C]
        return [.. scores.data<float>().ToArray().Chunk(Classes.Count).Select(logits =>
        {
            var probabilities = new double[logits.Length];
            Head.Calibration.Probabilities(logits, probabilities);
            return (logits, probabilities);
        })];
    }

    // Near-duplicates share a fold, and the number of folds is at most the number of images of the largest class.
    private static int[] Folds(EvaluationTask task, LabeledFeatures data, ClassifierOptions options, CancellationToken cancellation)
    {
        var groups = NearDuplicates.Groups(new LabeledSubset(task, data.Indices), cancellation);
        var largest = data.Labels.CountBy(l => l).Max(c => c.Value);
        var parts = Math.Min(options.Folds, Math.Min(largest, groups.Distinct().Count()));
        if (parts < 2)
        {
            throw new ArgumentException($"All images of {task.Train.Name} are near-duplicates of one another, so that none can be held out; "
                + "add images of other things.");
        }
        return GroupedFolds.Draw(data.Labels, groups, parts, options.Seed);
    }

    private static void Require(EvaluationTask task, IReadOnlyList<int> labels)
    {
        var counts = labels.CountBy(l => l).OrderBy(c => c.Key).ToList();
        if (counts.Count < 2)
        {
            throw new ArgumentException(
                $"{task.Train.Name} has images of {counts.Count} classes that can be read; a classifier needs at least two classes.");
        }
        if (counts.FirstOrDefault(c => c.Value == 1) is { Value: 1, Key: var alone })
        {
            throw new ArgumentException($"Class {task.Classes[alone]} of {task.Train.Name} has one image; "
                + "a class needs at least two, one to learn from and one to check with: add images, or leave the class out.");
        }
    }

    /// <summary>Frees head and features, and the encoder if it was fine-tuned.</summary>
    public void Dispose()
    {
        _trained.Head.Dispose();
        _trained.Novelty.Dispose();
        _trained.Encoder?.Dispose();
    }
}
