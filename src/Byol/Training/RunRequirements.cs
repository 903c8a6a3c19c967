using Byol.Data.Datasets;
using Byol.Evaluation;
using Byol.Interop;
using Byol.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>What recipe and data must be to one another, and what is allowed but seldom wanted.</summary>
internal static class RunRequirements
{
    /// <summary>Throws if recipe and data do not go together.</summary>
    /// <param name="recipe">What to train.</param>
    /// <param name="data">What to train on.</param>
    /// <param name="validation">What to evaluate on, or null.</param>
    /// <param name="ranks">How many a batch is spread over.</param>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    public static void Validate(Recipe recipe, IDataset data, IDataset? validation, int ranks = 1)
    {
        recipe.Validate();
        recipe.Training.RequireSpread(ranks);
        if (data.Count < recipe.Training.BatchSize)
        {
            throw new ArgumentException(
                $"{data.Name} has {data.Count} images, fewer than a batch of {recipe.Training.BatchSize}; "
                + $"use a batch of {Math.Max(2, data.Count / 2)} or less, or more images.");
        }
        if (validation is { Classes.Count: 0 })
        {
            throw new ArgumentException(
                $"Validation data {validation.Name} has no labels; give labeled images, or train without validation.");
        }
        if (validation is { Count: < 2 })
            throw new ArgumentException($"Validation data {validation.Name} has one image; give at least 2, or train without validation.");
    }

    /// <summary>Says what a run should be told of before it begins.</summary>
    /// <param name="recipe">What to train.</param>
    /// <param name="data">What to train on.</param>
    /// <param name="validation">What to evaluate on, or null.</param>
    /// <param name="device">What to train on.</param>
    /// <param name="warn">Receives the lines.</param>
    public static void Advise(Recipe recipe, IDataset data, IDataset? validation, Device device, Action<string> warn)
    {
        if (recipe.Training.Precision == Precision.BFloat16 && device.type == DeviceType.CPU && !Processor.Current.GainsFromBf16)
            warn("training.precision = bfloat16 takes longer than float32 on this processor; leave it at auto.");

        var (training, warmup) = (recipe.Training, recipe.Optimizer.WarmupEpochs);
        var warmupSteps = (long)(warmup * (data.Count / training.BatchSize));
        if (training.Budget == TimeSpan.Zero && warmup >= training.Epochs)
        {
            warn($"The learning rate only warms up: {warmup} epochs of warm-up in {training.Epochs}; "
                + "lower optimizer.warmup_epochs or train longer.");
        }
        else if (training.Budget == TimeSpan.Zero && training.MaxSteps > 0 && warmupSteps >= training.MaxSteps)
        {
            warn($"The learning rate only warms up: {warmup} epochs of warm-up are {warmupSteps} steps, "
                + $"and the run has {training.MaxSteps}; lower optimizer.warmup_epochs or train longer.");
        }

        if (validation is not null && SameImages.Are(data, validation))
        {
            warn($"{validation.Name} is both trained on and evaluated: each image is classified by the others and no online probe learns, "
                + "so the accuracy says how classes lie here, and little about other images; validate on others.");
        }
        else if (validation is not null && data.Classes.Count > 0 && ClassNames.Common(data.Classes, validation.Classes) is null)
        {
            warn($"{data.Name} has other classes than {validation.Name}: the kNN accuracy is of {validation.Name} alone, "
                + "whose images are each classified by the others.");
        }
    }
}
