using System.Globalization;
using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Evaluation;
using Byol.Export;
using Byol.Interop;
using Byol.Method;
using Byol.Models;
using Byol.Optim;
using Byol.Runs;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>How a run ended.</summary>
/// <param name="Finished">Whether all steps were taken; otherwise it was interrupted after saving.</param>
/// <param name="Steps">Optimiser steps taken in all.</param>
/// <param name="Loss">Mean loss of the last logged steps.</param>
/// <param name="EmbeddingStd">Mean embedding std (times √d) of the last logged steps.</param>
/// <param name="Collapsed">Whether the collapse alarm rang.</param>
/// <param name="Knn">The last kNN accuracy on the validation data, 0 to 1, if there is any.</param>
/// <param name="Probe">The last accuracy of the online probe on the validation data, 0 to 1, if one learnt.</param>
/// <param name="Seconds">Training time of this process.</param>
public sealed record TrainingResult(bool Finished, long Steps, double Loss, double EmbeddingStd, bool Collapsed, double? Knn, double? Probe, double Seconds);

/// <summary>The training loop.</summary>
/// <param name="recipe">What to train, how long and how.</param>
/// <param name="data">Images; labels, if any, are only used to evaluate.</param>
/// <param name="validation">Labelled images for the online kNN, or null.</param>
/// <param name="run">Where results go.</param>
/// <param name="device">Where to compute.</param>
/// <param name="clock">Tells the time.</param>
public sealed class Trainer(Recipe recipe, IDataset data, IDataset? validation, RunDirectory run, Device device, TimeProvider clock)
{
    private readonly TrainingOptions _training = recipe.Training;

    /// <summary>A finished run's folder: its online network is where the target starts from. Null starts it as the recipe says.</summary>
    public string? TargetFrom { get; init; }

    /// <summary>Throws where recipe and data do not go together.</summary>
    /// <param name="recipe">What to train.</param>
    /// <param name="data">What to train on.</param>
    /// <param name="validation">What to evaluate on, or null.</param>
    /// <exception cref="ArgumentException">One line: value, rule, remedy.</exception>
    public static void Validate(Recipe recipe, IDataset data, IDataset? validation)
    {
        recipe.Validate();
        if (data.Count < recipe.Training.BatchSize)
            throw new ArgumentException($"{data.Name} has {data.Count} images, fewer than a batch of {recipe.Training.BatchSize}; use --batch-size {Math.Max(2, data.Count / 2)} or less, or more images.");
        if (validation is { Classes.Count: 0 }) throw new ArgumentException($"Validation data {validation.Name} has no labels; give labelled images, or leave out --validation.");
        if (validation is { Count: < 2 }) throw new ArgumentException($"Validation data {validation.Name} has one image; give at least 2, or leave out --validation.");
    }

    /// <summary>Trains, from the start or from the run's newest checkpoint.</summary>
    /// <param name="resume">Whether to go on from a checkpoint.</param>
    /// <param name="progress">Hears how it goes.</param>
    /// <param name="cancellation">Ends training after the current step, with a checkpoint.</param>
    /// <exception cref="NonFiniteLossException">Training diverged.</exception>
    public TrainingResult Train(bool resume, ITrainingProgress progress, CancellationToken cancellation)
    {
        Validate(recipe, data, validation);
        var stepsPerEpoch = (long)(data.Count / _training.BatchSize);
        var totalSteps = stepsPerEpoch * _training.Epochs;
        var computeType = _training.Precision.ComputeType(device);

        using var state = new ByolState(weights => new ResNet(recipe.Encoder, weights), recipe.Encoder.RepresentationSize, recipe.Method, recipe.Optimizer, _training.Seed, device);
        using var evaluation = new OnlineEvaluation(recipe, data, validation, device);
        var restored = resume && Checkpoint.Restore(run, state, progress.Warned, evaluation.Probe?.State);
        if (!restored && TargetFrom is { } other) Checkpoint.CopyOnline(other, state.Target);
        state.Online.Represented = evaluation.Probe is null ? null : evaluation.Learn;
        var firstStep = state.Step;
        progress.Started(new TrainingPlan(data.Count, firstStep, totalSteps, stepsPerEpoch, state.Parameters.Values.numel(), computeType.ToString()));

        if (recipe.Optimizer.WarmupEpochs >= _training.Epochs)
            progress.Warned($"The learning rate only warms up: {recipe.Optimizer.WarmupEpochs} epochs of warm-up in {_training.Epochs}; lower optimizer.warmup_epochs or train longer.");

        if (validation is not null && data.Classes.Count > 0 && ClassNames.Common(data.Classes, validation.Classes) is null)
            progress.Warned($"{data.Name} has other classes than {validation.Name}: the kNN accuracy is of {validation.Name} alone, each image classified by the others of it.");

        using var log = new RunLog(run.Metrics, firstStep);
        using var loader = new ViewLoader(data, recipe.Views, _training.Seed, _training.MicroBatchSize, stepsPerEpoch * _training.MicroBatches, _training.Loaders, firstStep * _training.MicroBatches);
        var step = new ByolStep(state, LearningRate, Tau);
        var meter = new StepMeter(clock, _training.BatchSize, stepsPerEpoch);
        var alarm = new CollapseAlarm();
        var collapsed = firstStep > 0 && RunLog.Read<AlarmRecord>(run.Metrics, "alarm").Count > 0;
        var microBatch = 0L;
        KnnRecord? accuracy = null;
        StepRecord? last = null;

        while (state.Step < totalSteps && !cancellation.IsCancellationRequested)
        {
            StepFigures figures;
            try
            {
                figures = step.Take(_training.MicroBatches, NextViews);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            meter.Add(figures);
            if (alarm.Observe(figures.EmbeddingStd))
                Ring(string.Create(CultureInfo.InvariantCulture, $"nearly all images have had the same embedding for {CollapseAlarm.Patience} steps (std·√d {figures.EmbeddingStd:F3}, healthy is about 1)"));
            if (state.Step % _training.LogEverySteps == 0 || state.Step == totalSteps || state.Step == firstStep + 1)
            {
                log.Add(last = meter.Read(state.Step));
                progress.Stepped(last);
            }
            if (state.Step % stepsPerEpoch == 0) EpochEnded(state.Step / stepsPerEpoch);
        }
        if (state.Step < totalSteps) Save();
        foreach (var name in loader.Unreadable) progress.Warned($"{name} could not be read; another image took its place.");
        return new TrainingResult(state.Step >= totalSteps, state.Step, last?.Loss ?? double.NaN, last?.EmbeddingStd ?? double.NaN, collapsed, accuracy?.Knn, accuracy?.Probe, meter.Seconds);

        double LearningRate(long k) => Schedules.LearningRate(recipe.Optimizer.PeakLearningRate(_training.BatchSize), k, totalSteps, (long)(recipe.Optimizer.WarmupEpochs * stepsPerEpoch), recipe.Optimizer.Schedule);
        double Tau(long k) => Schedules.Tau(recipe.Method.Tau, k, totalSteps, recipe.Method.TauSchedule);

        ViewPair NextViews()
        {
            // A step that has begun is finished: BatchNorm has seen its first views.
            var batch = loader.Next(microBatch++ % _training.MicroBatches == 0 ? cancellation : CancellationToken.None);
            meter.Waited(loader.LastWait);
            evaluation.Present(batch.Indices);
            var (v1, v2) = ViewTensors.From(batch, device, computeType);
            return new ViewPair(v1, v2);
        }

        void EpochEnded(long epoch)
        {
            var isLast = state.Step == totalSteps;
            if (isLast || epoch % _training.CheckpointEveryEpochs == 0) Save();
            if (!isLast && epoch % _training.KnnEveryEpochs != 0) return;
            var encoder = (ResNet)state.Online.Encoder;
            if (evaluation.Diagnose(encoder, progress.Warned, cancellation) is { } found)
            {
                var diagnosis = new DiagnosisRecord(state.Step, epoch, found.EffectiveRank, found.Std, found.Alignment, found.Uniformity, meter.Seconds);
                log.Add(diagnosis);
                progress.Diagnosed(diagnosis);
                if (alarm.Observe(state.Step, found.Std, found.EffectiveRank))
                    Ring(string.Create(CultureInfo.InvariantCulture, $"representations of {found.Images} images are nearly the same, or differ along one direction only (std·√D {found.Std:F3}, effective rank {found.EffectiveRank:F2} of {found.Dimension})"));
            }
            if (evaluation.Score(encoder, progress.Warned, cancellation) is not { } scored) return;
            accuracy = new KnnRecord(state.Step, epoch, scored.Knn, meter.Seconds) { Probe = scored.Probe };
            log.Add(accuracy);
            progress.Evaluated(accuracy);
        }

        void Ring(string what)
        {
            collapsed = true;
            log.Add(new AlarmRecord(state.Step, what));
            progress.Warned($"Collapse: {what}. Stop, and raise method.tau, keep the predictor, or lower optimizer.learning_rate.");
        }

        void Save()
        {
            using var scope = NewDisposeScope();
            if (!state.Parameters.Values.isfinite().all().cpu().data<bool>()[0]) throw new NonFiniteLossException(state.Step, double.NaN);
            Checkpoint.Save(run, state, evaluation.Probe?.State);
            RunDirectory.Write(run.Encoder, stream => EncoderFile.Write(stream, (ResNet)state.Online.Encoder, Preparation));
        }
    }

    private Preparation Preparation =>
        new(recipe.Views.ImageSize, recipe.Views.EvaluationCrop, [.. recipe.Views.Mean.ToArray()], [.. recipe.Views.StandardDeviation.ToArray()]);
}
