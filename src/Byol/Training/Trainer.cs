using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Encoders;
using Byol.Evaluation;
using Byol.Interop;
using Byol.Method;
using Byol.Models;
using Byol.Models.Numerics;
using Byol.Optim;
using Byol.Runs;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>How a run ended.</summary>
/// <param name="Finished">Whether all steps were taken; otherwise it was interrupted after saving.</param>
/// <param name="Steps">Optimizer steps taken in all.</param>
/// <param name="Loss">Mean loss of the last logged steps.</param>
/// <param name="EmbeddingStd">Mean embedding std (times √d) of the last logged steps.</param>
/// <param name="Collapsed">Whether the collapse alarm rang.</param>
/// <param name="Knn">The last kNN accuracy on the validation data, 0 to 1, if there is any.</param>
/// <param name="Probe">The last accuracy of the online probe on the validation data, 0 to 1, if one learned.</param>
/// <param name="Seconds">Training time of this process.</param>
public sealed record TrainingResult(
    bool Finished, long Steps, double Loss, double EmbeddingStd, bool Collapsed, double? Knn, double? Probe, double Seconds);

/// <summary>The training loop.</summary>
/// <param name="recipe">What to train, how long and how.</param>
/// <param name="data">Images; labels, if any, are only used to evaluate.</param>
/// <param name="validation">Labeled images for the online kNN, or null.</param>
/// <param name="run">Where results go.</param>
/// <param name="device">Where to compute.</param>
/// <param name="clock">Tells the time.</param>
public sealed class Trainer(Recipe recipe, IDataset data, IDataset? validation, RunDirectory run, Device device, TimeProvider clock)
{
    private readonly TrainingOptions _training = recipe.Training;

    /// <summary>A finished run's folder: its online network is where the target starts from. Null starts it as the recipe says.</summary>
    public string? TargetFrom { get; init; }

    /// <summary>What of the recipe's budget of time was spent before training, by choosing an encoder or opening the data.</summary>
    public TimeSpan Spent { get; init; }

    /// <summary>Where the loader begins, in steps, from the steps taken: there. Tests show that nothing else will do.</summary>
    internal Func<long, long> LoaderPosition { get; init; } = steps => steps;

    /// <inheritdoc cref="ByolStep.SideBySide"/>
    internal bool? SideBySide { get; init; }

    /// <summary>Throws where recipe and data do not go together.</summary>
    /// <param name="recipe">What to train.</param>
    /// <param name="data">What to train on.</param>
    /// <param name="validation">What to evaluate on, or null.</param>
    /// <exception cref="ArgumentException">One line: value, rule, remedy.</exception>
    public static void Validate(Recipe recipe, IDataset data, IDataset? validation)
    {
        recipe.Validate();
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

    /// <summary>Trains, from the start or from the run's newest checkpoint.</summary>
    /// <param name="resume">Whether to go on from a checkpoint.</param>
    /// <param name="progress">Hears how it goes.</param>
    /// <param name="cancellation">Ends training after the current step, with a checkpoint.</param>
    /// <exception cref="DivergenceException">Something was not finite, and the recipe says to stop, or going back did not help.</exception>
    /// <exception cref="InvalidDataException">More than 1 % of the images cannot be read, or no checkpoint is whole.</exception>
    /// <exception cref="NumericsException">libtorch computes a layer wrongly on this processor, whatever way is taken.</exception>
    /// <exception cref="IOException">The disk is full or failed; the last checkpoint is as it was.</exception>
    public TrainingResult Train(bool resume, ITrainingProgress progress, CancellationToken cancellation)
    {
        Validate(recipe, data, validation);
        run.RequireWritable();
        for (DivergenceException? rewound = null; ; resume = true)
        {
            try
            {
                return Run(resume, rewound, progress, cancellation);
            }
            catch (DivergenceException e) when (_training.OnNonFinite == OnNonFinite.Rewind && !e.IsFinal)
            {
                rewound = e;
            }
        }
    }

    // Going back is resuming with fresh objects in the same process.
    private TrainingResult Run(bool resume, DivergenceException? rewound, ITrainingProgress progress, CancellationToken cancellation)
    {
        var stepsPerEpoch = (long)(data.Count / _training.BatchSize);
        var computeType = recipe.Encoder.ComputeType(_training.Precision, device);
        NumericsCheck.Require(StepShapes.Of(recipe, recipe.Views.ImageSize, computeType), device, withGradients: true);

        using var state = new ByolState(
            recipe.Encoder.Create, recipe.Encoder.RepresentationSize, recipe.Method, recipe.Optimizer, _training.Seed, device);
        using var evaluation = new OnlineEvaluation(recipe, data, validation, device);
        var restored = resume ? Checkpoint.Restore(run, state, progress.Warned, evaluation.Probe?.State) : null;
        if (restored is null && File.Exists(run.Initial)) Begin(state);
        if (restored is null && TargetFrom is { } other) Checkpoint.CopyOnline(other, state.Target);
        state.Online.Represented = evaluation.Probe is null ? null : evaluation.Learn;
        var last = resume ? RunLength.Last(run, state.Step) : null;
        var spent = rewound?.Spent ?? Spent + TimeSpan.FromSeconds(last?.Spent ?? 0);
        var length = new RunLength(recipe, stepsPerEpoch, last, spent, clock);
        var plan = new TrainingPlan(
            data.Count, state.Step, length.KnownSteps, stepsPerEpoch, state.Parameters.Values.numel(), computeType.ToString())
        { Budget = _training.Budget };
        progress.Started(plan);
        if (rewound is null) Advise(progress);

        using var recorder = new RunRecorder(recipe, run, evaluation, progress, plan, length, restored, resume, clock);
        if (rewound is not null && recorder.Rewinds >= Divergence.MostRewinds) throw Divergence.GiveUp(rewound, state.Step);
        if (rewound is not null) recorder.Rewound(rewound);
        var saver = new RunSaver(recipe, run, stepsPerEpoch, state.Step, clock);
        var encoder = state.Online.Encoder;
        evaluation.Exclude(data, recorder.Unreadable);
        recorder.Evaluate(encoder, state.Step, cancellation);
        if (state.Step < length.Steps) Loop();
        else if (!File.Exists(run.Encoder)) saver.WriteEncoder(state);
        return recorder.Result(state.Step);

        void Loop()
        {
            var taken = 0;
            ViewLoader? loader = null;
            var step = new ByolStep(state, LearningRate, Tau) { SideBySide = SideBySide };
            try
            {
                while (state.Step < length.Steps && Take() is { } figures)
                {
                    recorder.Fit(encoder, state.Step);
                    recorder.Stepped(figures, state.Step);
                    recorder.Evaluate(encoder, state.Step, cancellation);
                    saver.Save(state, evaluation.Probe, recorder, always: state.Step == length.Steps);
                }
                saver.Save(state, evaluation.Probe, recorder, always: true);
            }
            catch (NonFiniteException e)
            {
                var divergence = new Divergence(recipe, data).Explain(e, recorder.Skipped, taken - 1, length.Spent);
                recorder.Diverged(divergence.Record);
                throw divergence;
            }
            catch (InvalidDataException) when (taken == 1)
            {
                saver.Save(state, evaluation.Probe, recorder, always: true);   // too many images cannot be read: their step has not begun
                throw;
            }
            finally
            {
                loader?.Dispose();
            }

            // Null where it was interrupted before its first views. A step that has begun is finished: BatchNorm has seen them.
            StepMetrics? Take()
            {
                taken = 0;
                try
                {
                    return step.Take(_training.MicroBatches, NextViews);
                }
                catch (OperationCanceledException)
                {
                    return null;
                }
            }

            ViewPair NextViews()
            {
                if (taken == 0 && loader?.ImageSize != length.ImageSize(state.Step)) Load(length.ImageSize(state.Step));
                var views = loader!.Next(taken++ == 0 ? cancellation : CancellationToken.None);
                recorder.Waited(loader.LastWait);
                if (recorder.CouldNotRead(views.Unreadable, data.ItemName, state.Step + 1)) evaluation.Exclude(data, recorder.Unreadable);
                evaluation.Present(views.Indices);
                var (v1, v2) = ViewTensors.From(views, device, computeType);
                return new ViewPair(v1, v2);
            }

            void Load(int imageSize)
            {
                loader?.Dispose();
                NumericsCheck.Require(StepShapes.Of(recipe, imageSize, computeType), device, withGradients: true);
                var first = (LoaderPosition(state.Step) + recorder.Skipped) * _training.MicroBatches;
                loader = new ViewLoader(
                    data, recipe.Views with { ImageSize = imageSize }, _training.Seed, _training.MicroBatchSize,
                    stepsPerEpoch * _training.MicroBatches, _training.Loaders, first, recorder.Unreadable);
            }
        }

        double LearningRate(long k) => Schedules.LearningRate(
            recipe.Optimizer.PeakLearningRate(_training.BatchSize), k, length.Steps,
            length.WarmUp((long)(recipe.Optimizer.WarmupEpochs * stepsPerEpoch)), recipe.Optimizer.Schedule);
        double Tau(long k) => Schedules.Tau(recipe.Method.Tau, k, length.Steps, recipe.Method.TauSchedule);
    }

    private void Advise(ITrainingProgress progress)
    {
        if (_training.Budget == TimeSpan.Zero && recipe.Optimizer.WarmupEpochs >= _training.Epochs)
        {
            progress.Warned(
                $"The learning rate only warms up: {recipe.Optimizer.WarmupEpochs} epochs of warm-up in {_training.Epochs}; "
                + "lower optimizer.warmup_epochs or train longer.");
        }

        if (validation is not null && data.Classes.Count > 0 && ClassNames.Common(data.Classes, validation.Classes) is null)
        {
            progress.Warned(
                $"{data.Name} has other classes than {validation.Name}: the kNN accuracy is of {validation.Name} alone, "
                + "each image classified by the others of it.");
        }
    }

    // Both encoders, as random weights are the same in both (BYOL, appendix J).
    private void Begin(ByolState state)
    {
        using var _ = no_grad();
        using var initial = EncoderFile.Open(run.Initial, device);
        if (initial.Description.Architecture != recipe.Encoder)
            throw new InvalidDataException($"{run.Initial} is another encoder than the recipe's; start the run again.");
        var from = EncoderFile.Tensors(initial.Network).ToDictionary(t => t.Name, t => t.Value);
        var target = recipe.Method.TargetFromOtherWeights ? state.Online.Encoder : state.Target.Encoder;
        foreach (var (name, value) in EncoderFile.Tensors(state.Online.Encoder).Concat(EncoderFile.Tensors(target)))
            value.copy_(from[name]);
    }
}
