using System.Diagnostics;
using System.Globalization;
using System.Text;
using Byol.Cli.Terminal;
using Byol.Encoders;
using Byol.Evaluation;
using Byol.Experiments;
using Byol.Interop;
using Byol.Models;
using Byol.Runs;
using Byol.Training;

namespace Byol.Cli.Experiments;

/// <summary>An experiment's folder: a run folder for each training, and the results so far. What is finished is not done again.</summary>
internal sealed class ExperimentRun : IDisposable
{
    private readonly string _command;
    private readonly EvaluationTask _task;
    private readonly ResultFile<ArmResult> _results;

    /// <summary>Opens the folder of an experiment, or makes it.</summary>
    /// <exception cref="RunDirectoryException">It holds something else, or the same experiment with other settings.</exception>
    public ExperimentRun(string name, string path, Recipe recipe, EvaluationTask task)
    {
        (_command, _task) = ($"reproduce {name}", task);
        var settings = RecipeFile.Format(recipe, $"byol {_command}", $"{task.Train.Name}, {task.Test.Name}");
        var exists = File.Exists(RunDirectory.RecipeIn(path));
        if (exists && File.ReadAllText(RunDirectory.RecipeIn(path)) != settings)
        {
            throw new RunDirectoryException(
                $"{path} holds another run, or this experiment with other data or settings; "
                + "repeat those to resume it, or choose another --out.");
        }
        Folder = exists ? RunDirectory.Resume(path) : RunDirectory.Create(path);
        if (!exists) Write(Path.GetFileName(Folder.Recipe), settings);
        _results = new ResultFile<ArmResult>(Path.Combine(path, "results.json"));
    }

    public RunDirectory Folder { get; }

    /// <summary>One run of a row, trained and scored, or as it was found; null if it was interrupted.</summary>
    public ArmResult? Result(Arm arm, int repetition, CancellationToken cancellation)
    {
        var recipe = arm.Repeated(repetition);
        if (_results.Find(r => r.Folder == arm.Folder && r.Seed == recipe.Training.Seed) is { } known) return known;
        Console.Error.WriteLine($"{arm.Name}, seed {recipe.Training.Seed}");
        var start = Stopwatch.GetTimestamp();
        var (description, precision, device) =
            (new EncoderDescription(recipe.Encoder, Preprocessing.Of(recipe.Views)), recipe.Training.Precision, TorchRuntime.DefaultDevice);
        if (arm.IsUntrainedTarget)
        {
            using var weights = new WeightSource(recipe.Training.Seed + 1, device);   // as ByolState draws the target
            return Scored(new ModuleEncoder(arm.Name, recipe.Encoder.Create(weights), description, precision, device), null);
        }
        if (!Train(arm, repetition, cancellation)) return null;
        var folder = RunFolder(arm.Folder, repetition);
        var trained = EncoderFile.Open(RunDirectory.EncoderIn(folder), device).Network;
        return Scored(new ModuleEncoder(arm.Name, trained, description, precision, device), Path.Combine(folder, "metrics.jsonl"));

        ArmResult? Scored(ModuleEncoder encoder, string? metrics)
        {
            try
            {
                var training = recipe.Training;
                using var _ = encoder;
                var scores = FrozenScores.Of(encoder, _task, training.Knn, training.Seed, Warnings.Print, cancellation);
                var last = Last<StepRecord>(metrics);
                return _results.Add(new ArmResult(
                    arm.Folder, training.Seed, scores.Knn, scores.Linear, last?.Loss, last?.EmbeddingStd,
                    Last<DiagnosisRecord>(metrics)?.EffectiveRank,
                    Last<AlarmRecord>(metrics) is not null, Stopwatch.GetElapsedTime(start).TotalSeconds));
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    private static T? Last<T>(string? metrics) where T : RunRecord =>
        metrics is not null && RunLog.Read<T>(metrics) is { Count: > 0 } records ? records[^1] : null;

    /// <summary>Trains one run of a row, from where it stands; false if it was interrupted.</summary>
    public bool Train(Arm arm, int repetition, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return false;
        var (recipe, path) = (arm.Repeated(repetition), RunFolder(arm.Folder, repetition));
        using var run = PretrainingRun.StartOrResume(path, recipe, _task.Train, header: $"byol {_command}");
        run.TargetFrom = arm.TargetFrom is { } other ? RunFolder(other, repetition) : null;
        return ConsoleProgress.Train(run, null, cancellation).Finished;
    }

    /// <summary>Where a run of a row lies.</summary>
    public string RunFolder(string arm, int repetition) =>
        Path.Combine(Folder.Path, string.Create(CultureInfo.InvariantCulture, $"{arm}-{repetition + 1}"));

    /// <summary>Writes a file of the experiment.</summary>
    public void Write(string name, string text) =>
        RunDirectory.Write(Path.Combine(Folder.Path, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Says how to resume.</summary>
    /// <returns>The exit code.</returns>
    public static int Interrupted(Interruption interruption)
    {
        Console.Error.WriteLine("Interrupted; the same command resumes from here.");
        return interruption.ExitCode;
    }

    /// <summary>What the figures were measured on.</summary>
    public static string Scale(EvaluationTask task, Recipe recipe, int seeds) => string.Create(CultureInfo.InvariantCulture,
        $"{task.Train.Count:N0} images of {task.Train.Name}, {recipe.Training.Epochs} epochs, {seeds} {(seeds == 1 ? "seed" : "seeds")}; "
        + $"accuracy on {task.Test.Count:N0} of {task.Test.Name}");

    public void Dispose() => Folder.Dispose();
}
