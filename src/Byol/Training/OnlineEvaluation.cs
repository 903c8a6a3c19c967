using System.Runtime.InteropServices;
using Byol.Data.Datasets;
using Byol.Encoders;
using Byol.Evaluation;
using Byol.Interop;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Training;

/// <summary>What is measured of the encoder between two epochs: diagnostics of the training images, and with labeled validation images the
/// accuracy of nearest neighbors and of a linear probe that learns as training goes.</summary>
/// <remarks>Nothing here changes what is trained: encoders are looked at in evaluation mode, and the probe is handed detached
/// representations.</remarks>
internal sealed class OnlineEvaluation : IDisposable
{
    private const int DiagnosedImages = 1000, TimedImages = 256;

    private readonly Recipe _recipe;
    private readonly IDataset? _validation;
    private readonly Device _device;
    private readonly int[] _labels = [];    // of all training images, where a probe learns
    private readonly IDataset _images;
    private readonly bool _votesForItself;  // the validation images vote for one another
    private ExcludingDataset _data;         // without what could not be read
    private bool _saidShared;

    /// <param name="recipe">How images are prepared, and what is computed in.</param>
    /// <param name="data">The training images.</param>
    /// <param name="validation">Labeled images to classify, or null.</param>
    /// <param name="device">The device to compute on.</param>
    /// <param name="beganWithEncoder">Whether the run began with an encoder: then a linear probe is fitted again at every evaluation, the
    /// first before the first step, because the question is whether training helps.</param>
    public OnlineEvaluation(Recipe recipe, IDataset data, IDataset? validation, Device device, bool beganWithEncoder = false)
    {
        BeganWithEncoder = beganWithEncoder;
        (_recipe, _images, _data, _validation, _device) = (recipe, data, new ExcludingDataset(data, []), validation, device);
        if (validation is null) return;
        var (isSame, common) = (SameImages.Are(data, validation), ClassNames.Common(data.Classes, validation.Classes));
        _votesForItself = isSame || common is null;
        if (!recipe.Training.Probe || isSame || common is not { Count: > 1 } classes) return;
        var labels = Enumerable.Range(0, data.Count).Select(data.Label).ToList();
        if (labels.Contains(null)) return;
        _labels = [.. labels.Select(l => l!.Value)];
        Probe = new OnlineProbe(recipe.Encoder.RepresentationSize, classes.Count, recipe.Training.Seed, device);
    }

    /// <summary>Is shown the representations of each evaluation: of the validation images, or if there are none of the training images that
    /// are diagnosed.</summary>
    public RunEmbeddings? Embeddings { get; init; }

    /// <summary>Whether the run began with an encoder.</summary>
    public bool BeganWithEncoder { get; }

    /// <summary>Whether there are validation images.</summary>
    public bool Scores => _validation is not null;

    /// <summary>The probe, or null if there are no labels that it could learn from, or none was wanted.</summary>
    public OnlineProbe? Probe { get; }

    /// <summary>Looks at the training images without those that could not be read.</summary>
    public void Exclude(IEnumerable<int> unreadable) => _data = new ExcludingDataset(_images, unreadable);

    /// <summary>Lets the probe, if there is one, learn from both views of a batch, one after the other. An image that stands in for an
    /// unreadable one has that one's label: at most one in a hundred.</summary>
    /// <param name="y1">Representations of view 1, [B,D], out of the graph.</param>
    /// <param name="y2">Those of view 2.</param>
    /// <param name="indices">Which images they are of, [B].</param>
    /// <param name="firstThreads">Threads that view 1 was computed with, and is learned from with: as in runs of earlier versions, where
    /// the probe learned inside the forward pass, so that they resume to the same bits.</param>
    public void Learn(Tensor y1, Tensor y2, int[] indices, int firstThreads)
    {
        if (Probe is null) return;
        int[] labels = [.. indices.Select(i => _labels[i])];
        var all = get_num_threads();
        set_num_threads(firstThreads);
        try
        {
            Probe.Learn(y1, labels);
        }
        finally
        {
            set_num_threads(all);      // of the whole process, which may go on after a failure
        }
        Probe.Learn(y2, labels);
    }

    /// <summary>Looks at training images; null if that was canceled or an image is damaged.</summary>
    public Diagnostics? Diagnose(Module<Tensor, Tensor> encoder, Action<string> warn, CancellationToken cancellation) =>
        Attempt("diagnostics", warn, () =>
        {
            using var wrapped = Wrap(encoder);
            return Diagnostics.Of(wrapped, _data, _recipe.Views, DiagnosedImages, _recipe.Training.Seed, (indices, features) =>
            {
                if (_validation is null) Embeddings?.Offer(_data, indices, features);
            }, cancellation);
        });

    /// <summary>Classifies the validation images; null if there are none, it was canceled, or an image is damaged.</summary>
    public Accuracies? Score(Module<Tensor, Tensor> encoder, Action<string> warn, CancellationToken cancellation) =>
        _validation is null ? null : Attempt("kNN accuracy", warn, () => Measure(encoder, _validation, warn, cancellation));

    /// <summary>How long an evaluation will take, by how long a few of its images do.</summary>
    public TimeSpan Estimate(Module<Tensor, Tensor> encoder, Action<string> warn, TimeProvider clock)
    {
        using var wrapped = Wrap(encoder);
        var few = new Subset(_data.Name, _data, 0, Math.Min(TimedImages, _data.Count));
        EncodeFew();                                                     // the first pass has more to prepare
        var start = clock.GetTimestamp();
        EncodeFew();
        var perImage = clock.GetElapsedTime(start) / few.Count;
        var diagnosed = 3 * Math.Min(DiagnosedImages, _data.Count);      // the center and two views of each
        return perImage * (diagnosed + (_validation is null ? 0 : _validation.Count + (_votesForItself ? 0 : _data.Count)));

        void EncodeFew() => Attempt("estimate of an evaluation's time", warn,
            () => FeatureBank.Encode(wrapped, few))?.Dispose();
    }

    // The training images vote where they are labeled and others; otherwise the validation images vote for one another.
    private Accuracies Measure(
        Module<Tensor, Tensor> encoder, IDataset validation, Action<string> warn, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var wrapped = Wrap(encoder);
        using var queries = Encode(validation);
        Embeddings?.Offer(validation, [.. Enumerable.Range(0, validation.Count)], queries.Features);
        if (_votesForItself)
        {
            var others = _recipe.Training.Knn.AtMost(queries.Labels.Count - 1);
            return new Accuracies(Knn.LeaveOneOutAccuracy(queries, others, _device), others.NeighborsFor(queries.Labels), Probe: null)
            {
                Linear = BeganWithEncoder ? LinearScore.CrossValidated(queries, _recipe.Training.Seed, warn) : null,
            };
        }
        using var bank = Encode(_data);
        if (!_saidShared && SharedImages.OfPixels(bank, queries).Same is > 0 and var shared)
        {
            warn($"{shared} of {queries.Labels.Count} images of {validation.Name} are among the training images, pixel for pixel as the "
                + "encoder sees them: the accuracy is too high by them; leave them out of one of the two.");
        }
        _saidShared = true;
        var knn = _recipe.Training.Knn.AtMost(bank.Labels.Count);
        return new Accuracies(Knn.Accuracy(bank, queries, knn, _device), knn.NeighborsFor(bank.Labels), Probed())
        {
            Linear = BeganWithEncoder ? LinearScore.Of(bank, queries, _recipe.Training.Seed, warn) : null,
        };

        double? Probed()
        {
            if (Probe is null) return null;
            using var scale = Standardization.Of(bank.Features);
            return ClassificationResult.Of(Probe.Scores(queries.Features, scale), queries.Labels).Accuracy;
        }

        FeatureBank Encode(IDataset images) => FeatureBank.Encode(wrapped, images, cancellation);
    }

    private ModuleEncoder Wrap(Module<Tensor, Tensor> encoder) => new(
        "the encoder", encoder, new EncoderDescription(_recipe.Encoder, Preprocessing.Of(_recipe.Views)), _recipe.Training.Precision, _device,
        leaveOpen: true);

    // Neither a damaged image nor a representation that is not finite must end a run of days: what trains is watched elsewhere. A GPU
    // that failed must: nothing that it computes afterwards can be trusted.
    private static T? Attempt<T>(string what, Action<string> warn, Func<T> measure) where T : class
    {
        try
        {
            return measure();
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (Exception e) when (e is InvalidDataException or ArithmeticException || (e is ExternalException && !TorchErrors.IsOfGpu(e)))
        {
            warn($"No {what} here: {e.Message.Split('\n')[0]}");   // libtorch puts its own stack behind
            return null;
        }
    }

    public void Dispose() => Probe?.Dispose();
}

/// <summary>How validation images were classified, 0 to 1.</summary>
/// <param name="Knn">By weighted nearest neighbors.</param>
/// <param name="Neighbors">How many of them voted: k.</param>
/// <param name="Probe">By the online probe; null if none learns.</param>
internal sealed record Accuracies(double Knn, int Neighbors, double? Probe)
{
    /// <summary>By a linear probe fitted on the features as they are, balanced over the classes; null if the run began with random
    /// weights.</summary>
    public double? Linear { get; init; }
}
