using System.Globalization;

namespace Byol.Evaluation;

/// <summary>The paper's linear evaluation: a linear classifier on a frozen encoder, trained on random crops.</summary>
/// <param name="options">How to train.</param>
/// <exception cref="ArgumentException">A value is invalid; the message gives value, rule and remedy in one line.</exception>
public sealed class LinearSgdProtocol(LinearSgdOptions options) : Protocol(string.Create(CultureInfo.InvariantCulture,
    $"linear probe (SGD on random crops, {options.Validated().Epochs} epochs, the best of {options.LearningRates.Count} learning rates)"),
    options, Baseline.RawPixels, Baseline.UntrainedEncoder)
{
    /// <inheritdoc/>
    internal override IProbe Probe(EncoderSubject encoder, EvaluationTask task) =>
        new LinearSgdProbe(encoder.Name, encoder.Open(), task, encoder.Views, options);
}

/// <summary>Fine-tuning: all weights are trained, starting from the encoder's.</summary>
/// <param name="options">How to train.</param>
/// <exception cref="ArgumentException">A value is invalid; the message gives value, rule and remedy in one line.</exception>
public sealed class FineTuneProtocol(FineTuneOptions options) : Protocol(
    $"fine-tuning {options.Validated().Title}", options, Baseline.RawPixels, Baseline.SupervisedFromScratch)
{
    /// <inheritdoc/>
    internal override IProbe Probe(EncoderSubject encoder, EvaluationTask task) => new FineTuneProbe(
        $"{encoder.Name}, fine-tuned", encoder.Architecture, encoder.Weights, task, encoder.Views, options, encoder.Precision,
        encoder.Device);

    // The schedule of the fine-tuning that stands beside it, at rates that suit random weights.
    /// <inheritdoc/>
    internal override IProbe Probe(Baseline baseline, EncoderSubject beside, EvaluationTask task, ulong seed) =>
        baseline != Baseline.SupervisedFromScratch ? base.Probe(baseline, beside, task, seed) : new SupervisedProtocol(
            options.WithRatesOf(FineTuneOptions.FromScratch)).Probe(beside, task);
}

/// <summary>Supervised training: all weights are trained, starting from random ones. It shows what the labels alone give.</summary>
/// <param name="options">How to train.</param>
/// <exception cref="ArgumentException">A value is invalid; the message gives value, rule and remedy in one line.</exception>
public sealed class SupervisedProtocol(FineTuneOptions options) : Protocol(
    $"supervised training {options.Validated().Title}", options, Baseline.RawPixels)
{
    /// <summary>Makes the row of an encoder's architecture; its weights are not used.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="task">The images.</param>
    internal override IProbe Probe(EncoderSubject encoder, EvaluationTask task) => new FineTuneProbe(
        "supervised from scratch", encoder.Architecture, encoder.Untrained(0).Weights, task, encoder.Views, options, encoder.Precision,
        encoder.Device);
}
