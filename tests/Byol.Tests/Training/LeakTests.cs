using Byol.Models.ResNet;
using Byol.Runs;
using Byol.Tests.Cli;
using Byol.Training;
using TorchSharp;

namespace Byol.Tests.Training;

/// <summary>Two thousand steps with loader, log, evaluations and checkpoints hold no more at their end than near their beginning.</summary>
[Collection(CommandLine.Name)]   // alone: what other tests hold would count
public sealed class LeakTests
{
    private const int Settled = 400, Steps = 2000;

    [Fact]
    public void Nothing_grows_over_two_thousand_steps()
    {
        var tiny = TinyRun.Recipe;
        var recipe = tiny with
        {
            Encoder = new ResNetOptions { Depth = 18, Width = 1.0 / 16, Stem = Stem.SmallStride2 },
            Views = tiny.Views with { ImageSize = 8 },
            Training = tiny.Training with
            {
                Epochs = Steps / 4, BatchSize = 4, LogEverySteps = Settled, EvaluateEveryEpochs = 100,
                CheckpointEvery = new(Settled / 2, IntervalUnit.Steps)
            },
        };
        using var folder = new TemporaryFolder();
        using var run = PretrainingRun.Start(folder["run"], recipe, new PatternImages(16));
        run.Device = torch.CPU;
        run.Parallel = false;      // TorchSharp counts on each thread what was made there; ByolStepTests adds two threads up
        var census = new Census();
        var result = run.Train(new PatternImages(10, seed: 2, name: "others"), census, TestContext.Current.CancellationToken);
        Assert.Equal(Steps, result.Steps);

        var (first, last) = (census.Counts[Settled], census.Counts[Steps]);
        // by TorchSharp's count, in which what only a finalizer takes lives for ever; below zero on a thread that disposed what others made
        Assert.InRange(last.Tensors, int.MinValue, first.Tensors);
        // the runtime opens a few of its own; a handle left by each save or evaluation would be more
        Assert.InRange(last.Files, 0, first.Files + 8);
        Assert.InRange(last.Resident - first.Resident, long.MinValue, 40 << 20);   // a step's tensors, 1,600 times, are far more
    }

    private sealed class Census : IRunListener
    {
        public Dictionary<long, (long Tensors, int Files, long Resident)> Counts { get; } = [];

        public void Receive(RunRecord record)
        {
            Assert.False(record.NeedsAttention, $"{record}");
            if (record is not StepRecord) return;
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Counts[record.Step] = (DisposeScopeManager.Statistics.ThreadTotalLiveCount,
                OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : 0, Environment.WorkingSet);
        }
    }
}
