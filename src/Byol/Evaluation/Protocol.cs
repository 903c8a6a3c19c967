using Byol.Data.Views;

namespace Byol.Evaluation;

/// <summary>A baseline that an encoder is compared with.</summary>
public enum Baseline
{
    /// <summary>The pixels themselves.</summary>
    RawPixels,

    /// <summary>The principal components of the pixels, as many as the encoder's representation has dimensions.</summary>
    PixelComponents,

    /// <summary>Untrained weights of the same architecture.</summary>
    UntrainedEncoder,

    /// <summary>Random weights, all trained on the labels.</summary>
    SupervisedFromScratch,
}

/// <summary>A way to evaluate an encoder with labels, with its settings.</summary>
public abstract class Protocol
{
    private protected Protocol(string title, object? options, params IReadOnlyList<Baseline> baselines) =>
        (Title, Options, Baselines) = (title, options, baselines);

    /// <summary>The name in headings, with its settings.</summary>
    public string Title { get; }

    /// <summary>Its settings as given; null if there are none.</summary>
    public object? Options { get; }

    /// <summary>Receives a line if a fit did not reach its minimum.</summary>
    public Action<string>? Warn { get; set; }

    /// <summary>Baselines to compare an encoder with, the cheap ones first.</summary>
    public IReadOnlyList<Baseline> Baselines { get; }

    /// <summary>The protocol for the smallest number of labels that it is used with.</summary>
    /// <param name="labels">Labels.</param>
    /// <exception cref="ArgumentException">They are too few for its settings; the message gives value, rule and remedy in one
    /// line.</exception>
    public Protocol For(int labels)
    {
        Require(labels);
        return this;
    }

    /// <summary>The number of neighbors that vote; null if none do.</summary>
    /// <param name="labels">Class indices of the training labels.</param>
    public int? NeighborsFor(IEnumerable<int> labels) => NeighborsOf(labels);

    private protected virtual int? NeighborsOf(IEnumerable<int> labels) => null;

    private protected virtual void Require(int labels)
    {
    }

    /// <summary>Makes the row of an encoder.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="task">The images.</param>
    internal abstract IProbe Probe(EncoderSubject encoder, EvaluationTask task);

    /// <summary>Makes the rows of an encoder on several tasks; images that several folds share are encoded once.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="tasks">The images of each.</param>
    /// <returns>One for each task, in their order.</returns>
    public IReadOnlyList<IProbe> Probes(EncoderSubject encoder, IReadOnlyList<EvaluationTask> tasks) => Rows(encoder, tasks);

    private protected virtual IReadOnlyList<IProbe> Rows(EncoderSubject encoder, IReadOnlyList<EvaluationTask> tasks) =>
        [.. tasks.Select(task => Probe(encoder, task))];

    /// <summary>Makes the rows of a baseline on several tasks.</summary>
    /// <param name="baseline">The baseline.</param>
    /// <param name="beside">The encoder to compare with.</param>
    /// <param name="tasks">The images of each.</param>
    /// <param name="seed">Seeds untrained weights.</param>
    /// <returns>One for each task, in their order.</returns>
    public IReadOnlyList<IProbe> Probes(Baseline baseline, EncoderSubject beside, IReadOnlyList<EvaluationTask> tasks, ulong seed) =>
        Rows(baseline, beside, tasks, seed);

    private protected virtual IReadOnlyList<IProbe> Rows(
        Baseline baseline, EncoderSubject beside, IReadOnlyList<EvaluationTask> tasks, ulong seed) =>
        baseline == Baseline.UntrainedEncoder ? Rows(beside.Untrained(seed), tasks)
            : [.. tasks.Select(task => Probe(baseline, beside, task, seed))];

    /// <summary>Makes the row of the raw pixels; with a linear probe if the protocol trains weights that pixels do not have.
    /// </summary>
    /// <param name="views">Size, center crop and normalization.</param>
    /// <param name="task">The images.</param>
    internal virtual IProbe RawPixels(ViewOptions views, EvaluationTask task) =>
        new LinearProtocol { Warn = Warn }.Probe("raw pixels, linear probe", views, task);

    /// <summary>Makes the row of a baseline.</summary>
    /// <param name="baseline">The baseline.</param>
    /// <param name="beside">The encoder to compare with.</param>
    /// <param name="task">The images.</param>
    /// <param name="seed">Seeds untrained weights.</param>
    internal virtual IProbe Probe(Baseline baseline, EncoderSubject beside, EvaluationTask task, ulong seed) => baseline switch
    {
        Baseline.RawPixels => RawPixels(beside.Views, task),
        Baseline.UntrainedEncoder => Probe(beside.Untrained(seed), task),
        _ => throw new ArgumentException($"Baseline {baseline} has no weights that {Title} could train; use KnnProtocol or LinearProtocol."),
    };
}
