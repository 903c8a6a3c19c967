using System.Diagnostics;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Faults.Trials;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.Optim;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Faults.Soaking;

/// <summary>Whole runs with loader, progress display, evaluation and saves, beside a thread that allocates and collects, again and again:
/// each leaves the weights of the quiet run, bit for bit.</summary>
internal static class Soak
{
    private static readonly OptimizerKind[] Kinds = [OptimizerKind.Lars, OptimizerKind.Sgd, OptimizerKind.AdamW];

    /// <summary>Soaks.</summary>
    /// <param name="time">How long, at least; every optimizer has its turn.</param>
    /// <param name="data">Labeled images of 16 px, half for training.</param>
    /// <param name="epochs">Length of a run.</param>
    public static FaultRow For(TimeSpan time, IDataset data, int epochs)
    {
        var (lost, steps, runs, collections, watch) = (new List<string>(), 0L, 0, 0L, new Stopwatch());
        var quiet = Kinds.ToDictionary(k => k, k => Train(k, data, epochs).Digests);
        using var noise = new AllocatingThread();
        watch.Start();
        for (; runs < Kinds.Length || watch.Elapsed < time; runs++)
        {
            var kind = Kinds[runs % Kinds.Length];
            try
            {
                var (digests, taken) = Train(kind, data, epochs);
                steps += taken;
                if (RunState.Difference(quiet[kind], digests) is { } difference) lost.Add($"soak, run {runs} ({kind}): {difference}");
            }
            catch (Exception e)
            {
                lost.Add($"soak, run {runs} ({kind}): {e}");
            }
            collections = noise.Collections;
            TrialProgress.Show(
                $"soak: {watch.Elapsed.TotalMinutes:F0} min, {runs + 1} runs, {steps:N0} steps, "
                + $"{collections:N0} collections, {lost.Count} lost");
        }
        TrialProgress.End();
        return new FaultRow(
            $"soak of {watch.Elapsed.TotalMinutes:F0} min beside {collections:N0} garbage collections: runs ({steps:N0} steps in all)",
            runs, lost);
    }

    private static (SortedDictionary<string, string> Digests, long Steps) Train(OptimizerKind kind, IDataset data, int epochs)
    {
        var folder = Scratch.New("soak");
        try
        {
            using var display = new StringWriter();
            var half = data.Count / 2;
            using var run = PretrainingRun.Start(
                Path.Combine(folder, "run"), Recipe(kind, epochs), new Subset("train", data, 0, half));
            run.Device = CPU;
            var progress = new ConsoleProgress(display, terminal: true, width: 120, TimeProvider.System);
            var result = run.Train(new Subset("test", data, half, data.Count - half), progress);
            return (RunState.Digests(run.Folder), result.Steps);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Recipe Recipe(OptimizerKind kind, int epochs) => new()
    {
        Encoder = new ResNetOptions { Depth = 18, Width = 1.0 / 16, Stem = Stem.SmallStride2 },
        Views = new() { ImageSize = 16, CropArea = new(0.5, 1), EvaluationCrop = 1 },
        Method = new() { ProjectorHidden = 16, ProjectionSize = 8, PredictorHidden = 16, Tau = 0.99 },
        Optimizer = new() { Kind = kind, LearningRate = 0.01, BaseBatchSize = 0, WarmupEpochs = 0.5, WeightDecay = 1e-4 },
        Training = new()
        {
            Epochs = epochs, BatchSize = 16, MicroBatches = 2, Precision = Precision.Float32, LoaderThreads = 2,
            EvaluateEveryEpochs = 10, KnnNeighbors = 5,
            LogEverySteps = 1, CheckpointEvery = new CheckpointInterval(10, IntervalUnit.Epochs),
        },
    };
}
