using Byol.Evaluation;
using Byol.Models;
using static Byol.Setting;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>How long and how to train. Defaults are the paper's.</summary>
public sealed record TrainingOptions
{
    private static readonly TimeSpan LeastBudget = TimeSpan.FromSeconds(10);

    /// <summary>Passes over the data.</summary>
    public int Epochs { get; init; } = 1000;

    /// <summary>The time budget of a run, including its evaluations. The number of steps then follows from their speed, and <see
    /// cref="Epochs"/> is not used. Zero if the epochs decide.</summary>
    public TimeSpan Budget { get; init; }

    /// <summary>The most optimizer steps of a run, even if its epochs or its budget allow more; the schedules end there. 0 for no
    /// limit.</summary>
    public int MaxSteps { get; init; }

    /// <summary>The side of the first views in pixels; from there they grow to that of <see cref="Recipe.Views"/>. 0 if all views have that
    /// size.</summary>
    public int InitialImageSize { get; init; }

    /// <summary>The share of the steps after which views have full size, if they grow.</summary>
    public double FullResolutionAt { get; init; } = 0.8;

    /// <summary>Images per optimizer step; the last, smaller batch of an epoch is dropped.</summary>
    public int BatchSize { get; init; } = 4096;

    /// <summary>Parts that a batch is computed in, one after the other, if it does not fit into memory; BatchNorm sees each part
    /// alone.</summary>
    public int MicroBatches { get; init; } = 1;

    /// <summary>Seeds weights, order and views.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The type that the networks compute in.</summary>
    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary>Threads that decode images and render views; 0 uses one for every four cores.</summary>
    public int LoaderThreads { get; init; }

    /// <summary>Epochs between two evaluations: diagnostics of the training images, kNN and probe on the validation data.
    /// The last epoch is always evaluated.</summary>
    public int EvaluateEveryEpochs { get; init; } = 10;

    /// <summary>Whether a linear classifier is trained beside the encoder, if training and validation images have the same classes. It is
    /// evaluated with the kNN and does not influence the encoder.</summary>
    public bool Probe { get; init; } = true;

    /// <summary>Neighbors of the kNN evaluation, if the data has that many labels; 0 chooses them by the smallest class, as <see
    /// cref="KnnOptions.NeighborsFor"/> says.</summary>
    public int KnnNeighbors { get; init; }

    /// <summary>Temperature of the kNN evaluation.</summary>
    public double KnnTemperature { get; init; } = 0.1;

    /// <summary>How often a checkpoint is written. One is also written at the end, at an interruption, and at the best kNN accuracy so
    /// far.</summary>
    public CheckpointInterval CheckpointEvery { get; init; } = CheckpointInterval.Default;

    /// <summary>How many checkpoints are kept: the last ones, and in addition the one with the best kNN accuracy.</summary>
    public int CheckpointsKept { get; init; } = 2;

    /// <summary>What to do if a loss, a gradient or a weight is not finite.</summary>
    public OnNonFinite OnNonFinite { get; init; } = OnNonFinite.Stop;

    /// <summary>Steps between two lines of the log.</summary>
    public int LogEverySteps { get; init; } = 10;

    /// <summary>k and T of the kNN evaluation.</summary>
    public KnnOptions Knn => new(KnnNeighbors == 0 ? null : KnnNeighbors, KnnTemperature);

    /// <summary>Loader threads on this machine.</summary>
    internal int Loaders => LoaderThreads > 0 ? LoaderThreads : Math.Max(1, Environment.ProcessorCount / 4);

    /// <summary>Loader threads for a device: with a GPU nearly all cores are free for it.</summary>
    /// <param name="device">The device of the networks.</param>
    internal int LoadersFor(Device device) => LoaderThreads > 0 || device.type == TorchSharp.DeviceType.CPU
        ? Loaders : Math.Max(1, Environment.ProcessorCount - 2);

    /// <summary>Images per micro-batch.</summary>
    internal int MicroBatchSize => BatchSize / MicroBatches;

    /// <summary>Images per micro-batch on each of several ranks.</summary>
    /// <param name="ranks">The number of ranks.</param>
    internal int ImagesPerRank(int ranks) => MicroBatchSize / ranks;

    /// <summary>Throws if a batch cannot be spread over ranks.</summary>
    /// <param name="ranks">The number of ranks.</param>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    internal void RequireSpread(int ranks)
    {
        if (ranks == 1) return;
        var (parts, micro) = (ranks * MicroBatches, MicroBatches > 1 ? $" in {MicroBatches} micro-batches each" : "");
        var fitting = new[] { BatchSize / parts, BatchSize / parts + 1 }.Select(b => Math.Max(2, b) * parts).Distinct();
        Require(BatchSize % parts == 0, $"Batch {BatchSize} does not divide across {ranks} ranks{micro}; use {string.Join(" or ", fitting)}.");
        Require(BatchSize / parts >= 2, $"Batch {BatchSize} across {ranks} ranks{micro}: BatchNorm needs at least 2 images on each; "
            + $"use a batch of {2 * parts} or more, or fewer ranks.");
    }

    /// <summary>Throws if a value is invalid.</summary>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    internal void Validate()
    {
        Require(Epochs >= 1, $"{Epochs} epochs: at least 1 is needed.");
        Require(Budget == TimeSpan.Zero || Budget >= LeastBudget,
            $"A budget of {Budget.TotalSeconds} seconds is too short; use at least {LeastBudget.TotalSeconds}, and better some minutes.");
        Require(MaxSteps >= 0, $"At most {MaxSteps} steps: use 1 or more, or 0 for no limit.");
        Require(InitialImageSize is 0 or >= 8, $"Initial image size {InitialImageSize} must be 8 or more, or 0 for views of one size.");
        Require(FullResolutionAt is > 0 and <= 1, $"Full resolution at {FullResolutionAt} of the steps must be above 0 and at most 1.");
        Require(MicroBatches >= 1, $"{MicroBatches} micro-batches: use 1, or more where a batch does not fit into memory.");
        var divisible = new[] { BatchSize / MicroBatches, BatchSize / MicroBatches + 1 }
            .Where(b => b >= 2)
            .DefaultIfEmpty(2)
            .Select(b => b * MicroBatches);
        Require(BatchSize % MicroBatches == 0,
            $"Batch {BatchSize} does not divide into {MicroBatches} micro-batches; use {string.Join(" or ", divisible)}.");
        var (parts, each) = MicroBatches > 1 ? ($" in {MicroBatches} parts", " in each") : ("", "");
        Require(MicroBatchSize >= 2,
            $"Batch of {BatchSize}{parts}: BatchNorm needs at least 2 images{each}; "
                + $"use a batch of {2 * MicroBatches} or more, best 64 or more.");
        Require(LoaderThreads is >= 0 and <= 1024,
            $"{LoaderThreads} loader threads must lie between 0 and 1024; use 0 to let the machine choose.");
        Require(EvaluateEveryEpochs >= 1 && LogEverySteps >= 1, "evaluate_every_epochs and log_every_steps must be 1 or more.");
        Require(CheckpointEvery.Count >= 1,
            $"Checkpoints every {CheckpointEvery} must be at least 1; use for instance {CheckpointInterval.Default}.");
        Require(CheckpointsKept >= 1, $"{CheckpointsKept} checkpoints kept must be at least 1; "
            + "use 2, so that there is another if the last one is damaged.");
        Require(KnnNeighbors >= 0 && KnnTemperature is > 0 and < 1e3,
            $"kNN with {KnnNeighbors} neighbors at temperature {KnnTemperature}: "
                + "neighbors must be 0 (chosen by the smallest class) or more, the temperature above 0 and below 1000; use 0 and 0.1.");
    }
}
