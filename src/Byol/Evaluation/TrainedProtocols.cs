using System.Globalization;

namespace Byol.Evaluation;

/// <summary>The paper's linear evaluation: a linear classifier on a frozen encoder, trained on random crops.</summary>
/// <param name="options">How to train.</param>
public sealed class LinearSgdProtocol(LinearSgdOptions options) : Protocol
{
    /// <summary>How to train.</summary>
    public LinearSgdOptions Options { get; } = options;

    /// <inheritdoc/>
    public override string Title => string.Create(CultureInfo.InvariantCulture,
        $"linear probe (SGD on random crops, {Options.Epochs} epochs, the best of {Options.LearningRates.Count} learning rates)");

    /// <inheritdoc/>
    public override IReadOnlyList<Baseline> Baselines => [Baseline.RawPixels, Baseline.UntrainedEncoder];

    /// <inheritdoc/>
    public override IProbe Probe(EncoderSubject encoder, EvaluationTask task) =>
        new LinearSgdProbe(encoder.Name, encoder.Open(), task, encoder.Views, Options);
}

/// <summary>All weights are trained, from the encoder's on.</summary>
/// <param name="options">How to train.</param>
public sealed class FineTuneProtocol(FineTuneOptions options) : Protocol
{
    /// <summary>How to train.</summary>
    public FineTuneOptions Options { get; } = options;

    /// <inheritdoc/>
    public override string Title => $"fine-tuning {Options.Title}";

    /// <inheritdoc/>
    public override IReadOnlyList<Baseline> Baselines => [Baseline.RawPixels, Baseline.SupervisedFromScratch];

    /// <inheritdoc/>
    public override IProbe Probe(EncoderSubject encoder, EvaluationTask task) => new FineTuneProbe(
        $"{encoder.Name}, fine-tuned", encoder.Architecture, encoder.Weights, task, encoder.Views, Options, encoder.Precision,
        encoder.Device);

    // The schedule of the fine-tuning that stands beside it, at rates that suit random weights.
    /// <inheritdoc/>
    public override IProbe Probe(Baseline baseline, EncoderSubject beside, EvaluationTask task, ulong seed) =>
        baseline != Baseline.SupervisedFromScratch ? base.Probe(baseline, beside, task, seed) : new SupervisedProtocol(Options with
        {
            EncoderLearningRate = FineTuneOptions.FromScratch.EncoderLearningRate,
            HeadLearningRate = FineTuneOptions.FromScratch.HeadLearningRate,
        }).Probe(beside, task);
}

/// <summary>All weights are trained, from random ones on: what labels alone give.</summary>
/// <param name="options">How to train.</param>
public sealed class SupervisedProtocol(FineTuneOptions options) : Protocol
{
    /// <summary>How to train.</summary>
    public FineTuneOptions Options { get; } = options;

    /// <inheritdoc/>
    public override string Title => $"supervised training {Options.Title}";

    /// <inheritdoc/>
    public override IReadOnlyList<Baseline> Baselines => [Baseline.RawPixels];

    /// <summary>Makes the row of an encoder's architecture; its weights are not used.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="task">The images.</param>
    public override IProbe Probe(EncoderSubject encoder, EvaluationTask task) => new FineTuneProbe(
        "supervised from scratch", encoder.Architecture, encoder.Untrained(0).Weights, task, encoder.Views, Options, encoder.Precision,
        encoder.Device);
}
