using System.Globalization;
using static Byol.Setting;

namespace Byol.Evaluation;

/// <summary>How all weights are trained on labeled images (BYOL, appendix C):
/// SGD with Nesterov momentum, cosine schedule, crops and flips.</summary>
/// <remarks>The default learning rates, here and in <see cref="FromScratch"/>, were chosen by hand on the validation images of the bundled
/// Fashion-MNIST split: so figures on these images are too high. For other data other rates may be better; the paper sweeps them on
/// held-out training images.</remarks>
/// <param name="epochs">Passes over the labeled images, if they make at least <paramref name="leastSteps"/>.</param>
/// <param name="leastSteps">The least number of steps: with few labels an epoch is a step or two, so epochs are added until it is
/// reached.</param>
/// <param name="batchSize">Images a step; fewer if there are fewer labels.</param>
/// <param name="encoderLearningRate">Learning rate of the encoder.</param>
/// <param name="headLearningRate">Learning rate of the linear classifier on top, which begins with random weights.</param>
/// <param name="momentum">Momentum.</param>
/// <param name="weightDecay">Weight decay of kernels and matrices; BatchNorm weights and biases do not decay.</param>
public sealed class FineTuneOptions(
    int epochs = 20, int leastSteps = 400, int batchSize = 64, double encoderLearningRate = 0.02, double headLearningRate = 0.1,
    double momentum = 0.9, double weightDecay = 5e-4)
{
    /// <summary>Passes over the labeled images, if they make at least <see cref="LeastSteps"/>.</summary>
    public int Epochs { get; } = epochs;

    /// <summary>The least number of steps.</summary>
    public int LeastSteps { get; } = leastSteps;

    /// <summary>Images a step; fewer if there are fewer labels.</summary>
    public int BatchSize { get; } = batchSize;

    /// <summary>Learning rate of the encoder.</summary>
    public double EncoderLearningRate { get; } = encoderLearningRate;

    /// <summary>Learning rate of the linear classifier on top.</summary>
    public double HeadLearningRate { get; } = headLearningRate;

    /// <summary>Momentum.</summary>
    internal double Momentum { get; } = momentum;

    /// <summary>Weight decay of kernels and matrices.</summary>
    public double WeightDecay { get; } = weightDecay;

    /// <summary>The same for random weights, with larger rates, since a large step cannot spoil them.</summary>
    public static FineTuneOptions FromScratch { get; } = new(encoderLearningRate: 0.05);

    /// <summary>The important settings, for a heading.</summary>
    internal string Title => string.Create(CultureInfo.InvariantCulture,
        $"(learning rate {EncoderLearningRate}, head {HeadLearningRate}, {Epochs} {(Epochs == 1 ? "epoch" : "epochs")}")
        + (LeastSteps > 0 ? string.Create(CultureInfo.InvariantCulture, $", at least {LeastSteps} steps)") : ")");

    /// <summary>The number of epochs that is used.</summary>
    /// <param name="labels">Labeled images.</param>
    internal int EpochsFor(int labels)
    {
        var batches = LabeledBatches.Count(labels, BatchSize);
        return Math.Max(Epochs, (LeastSteps + batches - 1) / batches);
    }

    /// <summary>Throws if a value is invalid.</summary>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    internal void Validate()
    {
        Require(Epochs >= 1, $"Epochs of {Epochs} must be at least 1; use for instance 20.");
        Require(BatchSize >= 2, $"Batch size {BatchSize} must be at least 2: BatchNorm compares images; use for instance 64.");
        Require(EncoderLearningRate is >= 0 and < 1e3,
            $"Learning rate {EncoderLearningRate} must be at least 0 and below 1000; use for instance 0.02.");
        Require(HeadLearningRate is > 0 and < 1e3,
            $"Learning rate {HeadLearningRate} of the head must be above 0 and below 1000; use for instance 0.1.");
        Require(Momentum is >= 0 and < 1, $"Momentum {Momentum} must be at least 0 and below 1; use for instance 0.9.");
        Require(WeightDecay is >= 0 and < 1, $"Weight decay {WeightDecay} must be at least 0 and below 1; use for instance 5e-4.");
    }

    /// <summary>These options with the learning rates of others.</summary>
    internal FineTuneOptions WithRatesOf(FineTuneOptions others) =>
        new(Epochs, LeastSteps, BatchSize, others.EncoderLearningRate, others.HeadLearningRate, Momentum, WeightDecay);

    /// <summary>These options, after validation.</summary>
    /// <inheritdoc cref="Validate"/>
    internal FineTuneOptions Validated()
    {
        Validate();
        return this;
    }
}
