using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Byol.Data.Datasets;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.Optim;
using Byol.Runs;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.Training;

/// <summary>A real run that takes a second: 64 images of 16 px, a ResNet-18 of an eighth of the width, batches of 16.</summary>
internal sealed partial class TinyRun : ITrainingProgress, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _cancellation = new();

    public static Recipe Recipe { get; } = new()
    {
        Encoder = new ResNetOptions { Depth = 18, Width = 0.125, Stem = Stem.SmallStride2 },
        Views = new() { ImageSize = 16, CropArea = new(0.5, 1), EvaluationCrop = 1 },
        Method = new() { ProjectorHidden = 32, ProjectionSize = 16, PredictorHidden = 32, Tau = 0.9 },
        Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 0.1, BaseBatchSize = 0, WarmupEpochs = 0.5, WeightDecay = 1e-4 },
        Training = new() { Epochs = 3, BatchSize = 16, Precision = Precision.Float32, LoaderThreads = 1, EvaluateEveryEpochs = 1,
            KnnNeighbors = 5, LogEverySteps = 1, CheckpointEvery = new(1, IntervalUnit.Epochs) },
    };

    public TinyRun()
    {
        Directory = RunDirectory.Create(_folder["run"]);
        RunDirectory.Write(Directory.Recipe, _ => { });   // what makes it a run that can be resumed
    }

    public RunDirectory Directory { get; private set; }

    public List<string> Warnings { get; } = [];

    public List<TrainingPlan> Plans { get; } = [];

    public List<StepRecord> Steps { get; } = [];

    public List<KnnRecord> Evaluations { get; } = [];

    /// <summary>The run that the target starts from.</summary>
    public string? TargetFrom { get; init; }

    /// <summary>Whether its views are computed at the same time, however many threads there are.</summary>
    public bool SideBySide { get; init; }

    /// <inheritdoc cref="Trainer.Spent"/>
    public TimeSpan Spent { get; init; }

    /// <summary>Tells the time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Interrupt after so many steps.</summary>
    public long? InterruptAfter { get; set; }

    public TrainingResult Train(Recipe recipe, IDataset data, IDataset? validation = null, bool resume = false) =>
        new Trainer(recipe, data, validation, Directory, CPU, Clock)
        {
            TargetFrom = TargetFrom, SideBySide = SideBySide ? true : null, Spent = Spent,
        }.Train(resume, this, _cancellation.Token);

    /// <summary>Closes the run as the end of a process does, and opens it again.</summary>
    public TinyRun Reopened(TimeProvider? clock = null)
    {
        Directory.Dispose();
        var again = new TinyRun(this) { Clock = clock ?? TimeProvider.System, SideBySide = SideBySide };
        again.Directory = RunDirectory.Resume(_folder["run"]);
        return again;
    }

    private TinyRun(TinyRun other) => (_folder, Directory) = (other._folder, other.Directory);

    /// <summary>The encoder's weights as bytes, to compare with another run's. The header before them has the recipe.</summary>
    public byte[] Encoder
    {
        get
        {
            var file = File.ReadAllBytes(Directory.Encoder);
            return file[(8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file))..];
        }
    }

    /// <summary>Everything of the newest checkpoint as bytes.</summary>
    public List<byte[]> State => [.. System.IO.Directory.GetFiles(Newest.Path).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>One part of it.</summary>
    public byte[] Part(string name) => File.ReadAllBytes(Newest.PathOf(name));

    /// <summary>The log line by line, without what the clock says.</summary>
    public List<string> Log => [.. File.ReadLines(Directory.Metrics).Select(line => Clocked().Replace(line, ""))];

    [GeneratedRegex(@",?""(images_per_second|data_wait|seconds)"":[^,}]*")]
    private static partial Regex Clocked();

    private CheckpointFolder Newest => CheckpointFolder.In(Directory.Checkpoints)[0];

    public List<LengthRecord> Fits { get; } = [];

    public void Fitted(LengthRecord record) => Fits.Add(record);

    public void Started(TrainingPlan plan) => Plans.Add(plan);

    public void Stepped(StepRecord record)
    {
        Steps.Add(record);
        if (record.Step == InterruptAfter) _cancellation.Cancel();
    }

    public void Evaluated(KnnRecord record) => Evaluations.Add(record);

    public List<DiagnosisRecord> Diagnoses { get; } = [];

    public void Diagnosed(DiagnosisRecord record) => Diagnoses.Add(record);

    public void Warned(string message) => Warnings.Add(message);

    public void Dispose()
    {
        Directory.Dispose();
        _cancellation.Dispose();
        if (System.IO.Directory.Exists(_folder.Path)) _folder.Dispose();
    }
}
