using System.Globalization;
using static Byol.Setting;

namespace Byol.Evaluation;

/// <summary>How all weights are trained on labeled images (BYOL, appendix C):
/// SGD with Nesterov momentum, cosine schedule, crops and flips.</summary>
/// <remarks>The default learning rates, here and in <see cref="FromScratch"/>, were chosen by hand on the validation images of the bundled
/// Fashion-MNIST split: figures on these images are flattered by it. On other data nothing was chosen, and other rates may do better; the
/// paper sweeps them on held-out training images.</remarks>
public sealed record FineTuneOptions
{
    /// <summary>Passes over the labeled images, where they make <see cref="LeastSteps"/>.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>With few labels an epoch is a step or two: epochs are added until there are so many steps.</summary>
    public int LeastSteps { get; init; } = 400;

    /// <summary>Images a step; fewer where there are fewer labels.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Learning rate of the encoder.</summary>
    public double EncoderLearningRate { get; init; } = 0.02;

    /// <summary>Learning rate of the linear classifier on top, which begins at random.</summary>
    public double HeadLearningRate { get; init; } = 0.1;

    /// <summary>Momentum.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay of kernels and matrices; BatchNorm weights and biases do not decay.</summary>
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>The same from random weights: nothing is there that a large step could spoil.</summary>
    public static FineTuneOptions FromScratch { get; } = new() { EncoderLearningRate = 0.05 };

    /// <summary>The settings that decide, for a heading.</summary>
    internal string Title => string.Create(CultureInfo.InvariantCulture,
        $"(learning rate {EncoderLearningRate}, head {HeadLearningRate}, {Epochs} epochs and {LeastSteps} steps at least)");

    /// <summary>Epochs in use.</summary>
    /// <param name="labels">Labeled images.</param>
    public int EpochsFor(int labels)
    {
        var batches = LabeledBatches.Count(labels, BatchSize);
        return Math.Max(Epochs, (LeastSteps + batches - 1) / batches);
    }

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentException">One line: value, rule, remedy.</exception>
    public void Validate()
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
}
