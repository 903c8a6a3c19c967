using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Byol.Data.Datasets;
using Byol.Encoders;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.Optim;
using Byol.Runs;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.Training;

/// <summary>A real run that takes a second: 64 images of 16 px, a ResNet-18 of an eighth of the width, batches of 16.</summary>
internal sealed partial class TinyRun : IRunListener, IDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly CancellationTokenSource _cancellation = new();
    private PretrainingRun? _run;

    public static Recipe Recipe { get; } = new()
    {
        Encoder = new ResNetOptions { Depth = 18, Width = 0.125, Stem = Stem.SmallStride2 },
        Views = new() { ImageSize = 16, CropArea = new(0.5, 1), EvaluationCrop = 1 },
        Method = new() { ProjectorHidden = 32, ProjectionSize = 16, PredictorHidden = 32, Tau = 0.9 },
        Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 0.1, BaseBatchSize = 0, WarmupEpochs = 0.5, WeightDecay = 1e-4 },
        Training = new() { Epochs = 3, BatchSize = 16, Precision = Precision.Float32, LoaderThreads = 1, EvaluateEveryEpochs = 1,
            KnnNeighbors = 5, LogEverySteps = 1, CheckpointEvery = new(1, IntervalUnit.Epochs) },
    };

    public TinyRun() => _folder = new TemporaryFolder();

    private TinyRun(TemporaryFolder folder) => _folder = folder;

    public string Folder => _folder["run"];

    public string Metrics => RunDirectory.MetricsIn(Folder);

    public string Checkpoints => RunDirectory.CheckpointsIn(Folder);

    public string EncoderPath => RunDirectory.EncoderIn(Folder);

    public List<string> Warnings { get; } = [];

    public List<PlanRecord> Plans { get; } = [];

    public List<StepRecord> Steps { get; } = [];

    public List<KnnRecord> Evaluations { get; } = [];

    /// <summary>The run that the target starts from.</summary>
    public string? TargetFrom { get; init; }

    /// <summary>Whether its views are computed at the same time, however many threads there are.</summary>
    public bool Parallel { get; init; }

    /// <inheritdoc cref="PretrainingRun.Spent"/>
    public TimeSpan Spent { get; init; }

    /// <summary>Tells the time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Interrupt after so many steps.</summary>
    public long? InterruptAfter { get; set; }

    /// <summary>Begins without training, as a run does whose first process was killed at once.</summary>
    public TinyRun Begun(Recipe recipe, IDataset data, OpenedEncoder? initFrom = null)
    {
        _run = PretrainingRun.Start(Folder, recipe, data, initFrom);
        return this;
    }

    public TrainingResult Train(Recipe recipe, IDataset data, IDataset? validation = null, bool resume = false)
    {
        _run ??= resume
            ? PretrainingRun.Resume(Folder, data, recipe)
            : PretrainingRun.Start(Folder, recipe, data);
        (_run.Device, _run.Clock, _run.Spent, _run.TargetFrom) = (CPU, Clock, Spent, TargetFrom);
        if (Parallel) _run.Parallel = true;
        return _run.Train(validation, this, _cancellation.Token);
    }

    /// <summary>Closes the run as the end of a process does, and opens it again.</summary>
    public TinyRun Reopened(TimeProvider? clock = null)
    {
        _run?.Dispose();
        return new TinyRun(_folder) { Clock = clock ?? TimeProvider.System, Parallel = Parallel };
    }

    /// <summary>The encoder's weights as bytes, to compare with another run's. The header before them has the recipe.</summary>
    public byte[] Encoder
    {
        get
        {
            var file = File.ReadAllBytes(EncoderPath);
            return file[(8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file))..];
        }
    }

    /// <summary>Everything of the newest checkpoint as bytes.</summary>
    public List<byte[]> State => [.. Directory.GetFiles(Newest.Path).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>One part of it.</summary>
    public byte[] Part(string name) => File.ReadAllBytes(Newest.PathOf(name));

    /// <summary>The log line by line, without what the clock says.</summary>
    public List<string> Log => [.. File.ReadLines(Metrics).Select(line => Clocked().Replace(line, ""))];

    [GeneratedRegex(@",?""(images_per_second|data_wait|seconds)"":[^,}]*")]
    private static partial Regex Clocked();

    private CheckpointFolder Newest => CheckpointFolder.In(Checkpoints)[0];

    public List<LengthRecord> Lengths { get; } = [];

    public List<DiagnosisRecord> Diagnoses { get; } = [];

    public void Receive(RunRecord record)
    {
        switch (record)
        {
            case PlanRecord plan:
                Plans.Add(plan);
                break;
            case LengthRecord length:
                Lengths.Add(length);
                break;
            case StepRecord steps:
                Steps.Add(steps);
                if (steps.Step == InterruptAfter) _cancellation.Cancel();
                break;
            case KnnRecord accuracy:
                Evaluations.Add(accuracy);
                break;
            case DiagnosisRecord diagnosis:
                Diagnoses.Add(diagnosis);
                break;
            // Runs of tests are too short to learn much, and know it.
            case { NeedsAttention: true } when !$"{record}".Contains("too few to learn much", StringComparison.Ordinal):
                Warnings.Add($"{record}");
                break;
        }
    }

    public void Dispose()
    {
        _run?.Dispose();
        _cancellation.Dispose();
        if (Directory.Exists(_folder.Path)) _folder.Dispose();
    }
}
