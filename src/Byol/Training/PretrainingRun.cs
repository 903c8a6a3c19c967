using System.Text;
using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Distributed;
using Byol.Encoders;
using Byol.Export;
using Byol.Interop;
using Byol.Models;
using Byol.Reports;
using Byol.Runs;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>A pretraining run and its folder: recipe, log, checkpoints, encoder, and pictures of views and loss. After any interruption it
/// can be resumed to the same result.</summary>
/// <remarks>If mpirun or srun started several processes (<see cref="Ranks"/>), all of them make the same calls and train one run together:
/// the batch of the recipe is spread over them. Only the first uses the folder and the listener.</remarks>
public sealed class PretrainingRun : IDisposable
{
    private readonly RunDirectory? _directory;      // null if the run was opened for reading; so are the data
    private readonly IDataset? _data;
    private bool _resume;
    private string? _notice;

    private PretrainingRun(string folder, Recipe recipe, RunDirectory? directory, IDataset? data, bool resume) =>
        (Folder, Recipe, _directory, _data, _resume) = (folder, recipe, directory, data, resume);

    /// <summary>The run's folder.</summary>
    public string Folder { get; }

    /// <summary>Its recipe, with every setting resolved.</summary>
    public Recipe Recipe { get; }

    /// <summary>The file of its encoder, the result of training.</summary>
    public string EncoderPath => RunDirectory.EncoderIn(Folder);

    /// <summary>The file of its best encoder. It exists only if the run began with an encoder, had validation data, and became better than
    /// that encoder (<see cref="TrainingResult.Best"/>).</summary>
    public string BestEncoderPath => RunDirectory.BestIn(Folder);

    /// <summary>The file of the initial encoder; there is none if the run began with random weights.</summary>
    public string InitialEncoderPath => RunDirectory.InitialIn(Folder);

    /// <summary>The file of its log, one JSON object a line.</summary>
    internal string LogPath => RunDirectory.MetricsIn(Folder);

    /// <summary>A picture of images and their views.</summary>
    public string ViewsPath => RunDirectory.ViewsIn(Folder);

    /// <summary>A picture of loss and accuracy over the epochs; there is none before the first step.</summary>
    public string LossCurvePath => RunDirectory.LossCurveIn(Folder);

    /// <summary>Settings of the given recipe that the resumed run does not use, because an earlier version without them began it; as
    /// <c>name = value</c> of the run.</summary>
    public IReadOnlyList<string> Kept { get; private init; } = [];

    /// <summary>The last lines of its report: what to do after the run.</summary>
    public IReadOnlyList<string> NextSteps { get; set; } = [];

    /// <summary>The time of the budget that was spent before training, for instance to open the data.</summary>
    public TimeSpan Spent { get; set; }

    /// <inheritdoc cref="Trainer.TargetFrom"/>
    internal string? TargetFrom { get; set; }

    /// <inheritdoc cref="Trainer.Parallel"/>
    internal bool? Parallel { get; set; }

    /// <inheritdoc cref="Trainer.LoaderPosition"/>
    internal Func<long, long> LoaderPosition { get; set; } = steps => steps;

    /// <inheritdoc cref="Trainer.WeightType"/>
    internal ScalarType WeightType { get; set; } = ScalarType.Float32;

    /// <summary>Chooses the device.</summary>
    /// <param name="device">Null for the GPU if there is one, and for one GPU each with several ranks.</param>
    public void ComputeOn(Device? device) => Device = device;

    /// <summary>The device.</summary>
    internal Device? Device { get; set; }

    /// <summary>The clock.</summary>
    internal TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Begins a run: its folder, with recipe, initial encoder and a picture of views. If it fails, it leaves no folder
    /// behind.</summary>
    /// <param name="folder">A folder that is empty or does not exist.</param>
    /// <param name="recipe">What to train, for how long and how.</param>
    /// <param name="data">Images; labels, if any, are only used to evaluate.</param>
    /// <param name="initFrom">An encoder to begin with, as <see cref="EncoderFile.Open"/> gives it; null for random weights.</param>
    /// <param name="header">A line to put first in the recipe file, such as the command that was typed.</param>
    /// <exception cref="RunDirectoryException">The folder holds something, or is in use.</exception>
    /// <exception cref="ArgumentException">Recipe, data and encoder do not go together.</exception>
    /// <exception cref="InvalidDataException">More than 1 % of the images cannot be read.</exception>
    public static PretrainingRun Start(string folder, Recipe recipe, IDataset data, OpenedEncoder? initFrom = null, string? header = null)
    {
        if (Ranks.Current.Rank == 0) RunDirectory.RequireFree(folder);
        Validate(recipe, data);
        if (initFrom is not null && !recipe.Encoder.HasWeightsOf(initFrom.Description.Architecture))
        {
            throw new ArgumentException(
                $"The encoder to begin with is {initFrom.Description.Architecture}, and the recipe trains {recipe.Encoder}; make them the same.");
        }
        if (initFrom is null && recipe.Method.KeepStatistics)
        {
            throw new ArgumentException("method.keep_statistics keeps the BatchNorm statistics of an encoder to begin with, and this run "
                + "begins with random weights, which have none; give it an encoder, or set it to false.");
        }
        if (Ranks.Current.Rank > 0) return Join(folder, recipe, data);
        ReadableImages.Require(data);
        var views = RunPictures.Views(recipe, data);
        var directory = RunDirectory.Create(folder);
        try
        {
            // A folder with a recipe is a run, so the initial weights are written before the recipe.
            if (initFrom is { Network: var network, Description: var initial })
                RunDirectory.Write(directory.Initial, stream => EncoderWriter.Write(
                    stream, network, new EncoderDescription(recipe.Encoder, initial.Preprocessing) { Weights = initial.Weights }));
            RunData.Write(folder, DatasetDigest.Of(data));
            var toml = RecipeFile.Format(recipe, header is null ? [] : [header.ReplaceLineEndings(" ")]);
            RunDirectory.Write(directory.Recipe, stream => stream.Write(Encoding.UTF8.GetBytes(toml)));
            RunDirectory.Write(directory.Views, stream => stream.Write(views));
            RankAgreement.Tell(Ranks.Current.Collective, recipe, resumes: false, data);
            return new PretrainingRun(folder, recipe, directory, data, resume: false);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Opens a run to continue its training.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="data">The images that it was started with.</param>
    /// <param name="recipe">Its recipe. Only settings that change no weight may differ: how often checkpoints are written and how many are
    /// kept, loader threads, and what is done if a step is not finite; and settings that the version which began the run did not have (<see
    /// cref="Kept"/>). Null for the run's recipe.</param>
    /// <param name="acceptOtherData">Accepts images with other names, order or lengths than the run began with, which are otherwise
    /// refused.</param>
    /// <exception cref="RunDirectoryException">The folder holds no run, or is in use, or the images are others.</exception>
    /// <exception cref="RecipeConflictException">The recipe contradicts the run's.</exception>
    /// <exception cref="ArgumentException">Recipe and data do not go together.</exception>
    public static PretrainingRun Resume(string folder, IDataset data, Recipe? recipe = null, bool acceptOtherData = false)
    {
        if (Ranks.Current.Rank > 0) return Join(folder, null, data);
        var directory = RunDirectory.Resume(folder);
        try
        {
            var saved = RecipeFile.Open(directory.Recipe);
            var (asked, kept) = recipe is null ? (saved, [])
                : EarlierRun.Reconcile(recipe, saved, RecipeFile.Named(File.ReadAllText(directory.Recipe), directory.Recipe));
            RecipeConflictException.ThrowIfAny(folder, asked, saved);
            Validate(asked, data);
            var notice = RunData.Compare(folder, data, acceptOtherData);
            RankAgreement.Tell(Ranks.Current.Collective, asked, resumes: true, data);
            return new PretrainingRun(folder, asked, directory, data, resume: true) { Kept = kept, _notice = notice };
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    // Every rank except the first: it receives the run from the first, and does not use the folder.
    private static PretrainingRun Join(string folder, Recipe? recipe, IDataset data)
    {
        var (told, resumes) = RankAgreement.Hear(Ranks.Current.Collective, recipe, data);
        return new PretrainingRun(folder, told, null, data, resumes);
    }

    /// <summary>Resumes the run of a folder, or begins one if there is none.</summary>
    /// <inheritdoc cref="Start"/>
    /// <exception cref="RecipeConflictException">The recipe contradicts the run's, see <see cref="Resume"/>.</exception>
    public static PretrainingRun StartOrResume(
        string folder, Recipe recipe, IDataset data, OpenedEncoder? initFrom = null, string? header = null) =>
        IsOne(folder) ? Resume(folder, data, recipe) : Start(folder, recipe, data, initFrom, header);

    /// <summary>Opens a run for reading, also while another process trains it: it has its recipe, log and encoder, and cannot
    /// train.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="RunDirectoryException">The folder holds no run.</exception>
    public static PretrainingRun Open(string folder)
    {
        RunDirectory.RequireRun(folder);
        return new PretrainingRun(folder, RecipeFile.Open(RunDirectory.RecipeIn(folder)), null, null, resume: true);
    }

    /// <summary>Whether a folder is a run's folder.</summary>
    /// <param name="folder">A folder, which need not exist.</param>
    public static bool IsOne(string folder) => File.Exists(RunDirectory.RecipeIn(folder));

    /// <summary>The path of the encoder of a run's folder.</summary>
    /// <param name="folder">Its folder.</param>
    public static string EncoderIn(string folder) => RunDirectory.EncoderIn(folder);

    /// <summary>Throws if a new run cannot go into a folder; makes nothing.</summary>
    /// <param name="folder">A folder that is empty or does not exist.</param>
    /// <exception cref="RunDirectoryException">It holds another run or other files, or cannot be written.</exception>
    public static void RequireFree(string folder) => RunDirectory.RequireFree(folder);

    /// <summary>Removes a run and its folder.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="RunDirectoryException">It holds no run, other files too, or is in use.</exception>
    public static void Remove(string folder) => RunDirectory.Remove(folder);

    /// <summary>Throws if recipe and data do not go together.</summary>
    /// <param name="recipe">What to train.</param>
    /// <param name="data">What to train on.</param>
    /// <param name="validation">What to evaluate on, or null.</param>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    public static void Validate(Recipe recipe, IDataset data, IDataset? validation = null) =>
        RunRequirements.Validate(recipe, data, validation, Ranks.Current.Count);

    /// <summary>Trains to the end of the run. If a step is not finite and the recipe says so, it goes back to the last checkpoint and
    /// continues with other images.</summary>
    /// <param name="validation">Labeled images that the encoder is evaluated on between epochs; never trained on.</param>
    /// <param name="listener">Receives every record.</param>
    /// <param name="cancellation">Ends training after the current step, with a checkpoint.</param>
    /// <exception cref="DivergenceException">A value was not finite, and the recipe says to stop, or going back did not help.</exception>
    /// <exception cref="InvalidDataException">More than 1 % of the images cannot be read, or all checkpoints are damaged.</exception>
    /// <exception cref="NumericsException">libtorch computes a layer wrongly on this processor, and no workaround helps.</exception>
    /// <exception cref="IOException">The disk is full or failed; the last checkpoint is unchanged.</exception>
    /// <exception cref="InvalidOperationException">The run was opened for reading.</exception>
    public TrainingResult Train(IDataset? validation = null, IRunListener? listener = null, CancellationToken cancellation = default)
    {
        var (ranks, isFirst) = (Ranks.Current, Ranks.Current.Rank == 0);
        if ((_directory is null && isFirst) || _data is null)
            throw new InvalidOperationException($"The run in {Folder} was opened to be looked at; resume it with its images to train it.");
        if (isFirst && !File.Exists(ViewsPath))     // killed as it began
            RunDirectory.Write(ViewsPath, s => s.Write(RunPictures.Views(Recipe, _data)));
        CudaMath.Prepare(ComputeDevice, Recipe.Training.Precision == Precision.Float32);
        var among = NcclCollective.Over(ranks.Collective, ComputeDevice, Nccl.Libraries);
        var trainer = new Trainer(Recipe, _data, validation, _directory, among, ComputeDevice, Clock)
        {
            TargetFrom = TargetFrom, Spent = Spent, Parallel = Parallel, LoaderPosition = LoaderPosition, WeightType = WeightType,
        };
        var transcript = new RunTranscript(Folder, Clock);
        var resume = _resume;
        var heard = new RunListeners(isFirst ? listener is null ? [transcript] : [transcript, listener] : []);
        if (_notice is not null) heard.Receive(new WarningRecord(0, _notice));
        if (ranks.Unwatched is { } why) heard.Receive(new WarningRecord(0, why));
        (_resume, _notice, Spent) = (true, null, TimeSpan.Zero);
        try
        {
            var result = trainer.Train(resume, heard, cancellation);
            transcript.End(result.Finished ? $"finished at step {result.Steps}" : $"interrupted at step {result.Steps}");
            if (isFirst) Draw(result.Steps, heard);
            return result;
        }
        catch (Exception e)
        {
            transcript.Fail($"ended by an error: {e.Message.Split('\n')[0]}");
            ranks.Fail();
            throw;
        }
    }

    // What is only looked at must not make a failure of a run that has its encoder.
    private void Draw(long step, RunListeners listener)
    {
        try
        {
            RunPictures.DrawLossCurve(Folder, _data!.Name);
            RunReport.WriteAtEnd(Folder, NextSteps);
        }
        catch (IOException e)
        {
            listener.Receive(new WarningRecord(step, $"No report of this run: {e.Message}"));
        }
    }

    /// <inheritdoc cref="Train(IDataset?, IRunListener?, CancellationToken)"/>
    public TrainingResult Train(Action<RunRecord> listener) => Train(null, new ActionListener(listener));

    /// <inheritdoc cref="Train(IDataset?, IRunListener?, CancellationToken)"/>
    public TrainingResult Train(IDataset? validation, Action<RunRecord> listener) => Train(validation, new ActionListener(listener));

    /// <summary>Opens the encoder as it was last saved, in the recipe's precision.</summary>
    /// <returns>The encoder; the caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">There is none yet.</exception>
    public IImageEncoder OpenEncoder() => File.Exists(EncoderPath)
        ? TorchEncoder.Open(EncoderPath, Recipe.Training.Precision, ComputeDevice)
        : throw new InvalidOperationException($"The run in {Folder} has no encoder yet; train it first.");

    /// <summary>Reads the log of a run, also while another process trains it.</summary>
    /// <param name="folder">Its folder.</param>
    public static IReadOnlyList<RunRecord> ReadLog(string folder)
    {
        var log = RunDirectory.MetricsIn(folder);
        return File.Exists(log) ? RunLog.Read(log) : [];
    }

    /// <summary>Releases the folder.</summary>
    public void Dispose() => _directory?.Dispose();

    private Device ComputeDevice => Device ?? Ranks.Current.Place(TorchRuntime.DefaultDevice);
}
