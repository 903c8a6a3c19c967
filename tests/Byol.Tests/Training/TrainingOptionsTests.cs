using Byol.Training;

namespace Byol.Tests.Training;

public sealed class TrainingOptionsTests
{
    public static TheoryData<string, TrainingOptions, string> Senseless => new()
    {
        { "no epochs", new TrainingOptions { Epochs = 0 }, "0 epochs: at least 1 is needed." },
        { "epochs below 0", new TrainingOptions { Epochs = -3 }, "-3 epochs" },
        { "no micro-batches", new TrainingOptions { MicroBatches = 0 }, "0 micro-batches: use 1" },
        { "micro-batches below 0", new TrainingOptions { MicroBatches = -1 }, "-1 micro-batches" },
        { "uneven batch", new TrainingOptions { BatchSize = 250, MicroBatches = 4 },
            "Batch 250 does not divide into 4 micro-batches; use 248 or 252." },
        { "batch of 1", new TrainingOptions { BatchSize = 1 }, "Batch of 1: BatchNorm needs at least 2 images" },
        { "batch of 0", new TrainingOptions { BatchSize = 0 }, "Batch of 0" },
        { "batch below 0", new TrainingOptions { BatchSize = -8 }, "Batch of -8" },
        { "micro-batch of 1", new TrainingOptions { BatchSize = 4, MicroBatches = 4 },
            "Batch of 4 in 4 parts: BatchNorm needs at least 2 images in each; use a batch of 8" },
        { "steps below 0", new TrainingOptions { MaxSteps = -1 }, "At most -1 steps: use 1 or more, or 0 for no limit." },
        { "threads below 0", new TrainingOptions { LoaderThreads = -1 }, "-1 loader threads" },
        { "many threads", new TrainingOptions { LoaderThreads = 5000 }, "5000 loader threads" },
        { "kNN never", new TrainingOptions { EvaluateEveryEpochs = 0 }, "evaluate_every_epochs" },
        { "checkpoint always", new TrainingOptions { CheckpointEvery = default },
            "Checkpoints every 0 steps must be at least 1; use for instance 10 minutes." },
        { "no checkpoint kept", new TrainingOptions { CheckpointsKept = 0 }, "0 checkpoints kept must be at least 1; use 2" },
        { "log never", new TrainingOptions { LogEverySteps = 0 },
            "evaluate_every_epochs and log_every_steps must be 1 or more." },
        { "no neighbors", new TrainingOptions { KnnNeighbors = -1 }, "kNN with -1 neighbors" },
        { "temperature 0", new TrainingOptions { KnnTemperature = 0 }, "kNN with 0 neighbors at temperature 0" },
        { "temperature NaN", new TrainingOptions { KnnTemperature = double.NaN }, "kNN with 0 neighbors at temperature NaN" },
        { "temperature too high", new TrainingOptions { KnnTemperature = 1e4 }, "kNN with 0 neighbors at temperature 10000" },
    };

    [Theory]
    [InlineData(250, 4, 1, "Batch 250 does not divide across 4 ranks; use 248 or 252.")]
    [InlineData(64, 3, 2, "Batch 64 does not divide across 3 ranks in 2 micro-batches each; use 60 or 66.")]
    [InlineData(4, 4, 1, "Batch 4 across 4 ranks: BatchNorm needs at least 2 images on each; use a batch of 8 or more, or fewer ranks.")]
    [InlineData(3, 2, 1, "Batch 3 does not divide across 2 ranks; use 4.")]
    [InlineData(252, 4, 1, null)]
    [InlineData(2, 1, 1, null)]
    [InlineData(16, 4, 2, null)]
    public void A_batch_must_divide_across_ranks(int batch, int ranks, int microBatches, string? message)
    {
        var options = new TrainingOptions { BatchSize = batch, MicroBatches = microBatches };
        if (message is null) options.RequireSpread(ranks);
        else Assert.Equal(message, Assert.Throws<ArgumentException>(() => options.RequireSpread(ranks)).Message);
    }

    [Theory]
    [MemberData(nameof(Senseless), DisableDiscoveryEnumeration = true)]
    public void A_senseless_value_is_refused_with_the_rule(string what, TrainingOptions options, string message)
    {
        Assert.NotEmpty(what);
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 1, 2)]
    [InlineData(8, 4, 2)]
    [InlineData(4096, 16, 256)]
    public void Sound_batches_pass_and_divide(int batch, int microBatches, int expected)
    {
        var options = new TrainingOptions { BatchSize = batch, MicroBatches = microBatches };
        options.Validate();
        Assert.Equal(expected, options.MicroBatchSize);
    }
}
