using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Distributed;
using Byol.Method;
using Byol.Models.Numerics;
using Byol.Runs;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>Trains a run from where it stands to its end.</summary>
/// <param name="recipe">What to train, how long and how.</param>
/// <param name="data">Images; labels, if any, are only used to evaluate.</param>
/// <param name="validation">Labeled images for the online kNN, or null.</param>
/// <param name="run">Where results go; null on every rank but the first.</param>
/// <param name="ranks">Who trains together.</param>
/// <param name="device">The device to compute on.</param>
/// <param name="clock">The clock.</param>
internal sealed class Trainer(
    Recipe recipe, IDataset data, IDataset? validation, RunDirectory? run, ICollective ranks, Device device, TimeProvider clock)
{
    /// <summary>A finished run's folder: its online network is where the target starts from. Null starts it as the recipe says.</summary>
    public string? TargetFrom { get; init; }

    /// <summary>What of the recipe's budget of time was spent before training, by choosing an encoder or opening the data.</summary>
    public TimeSpan Spent { get; init; }

    /// <inheritdoc cref="StepViews.LoaderPosition"/>
    public Func<long, long> LoaderPosition { get; init; } = steps => steps;

    /// <inheritdoc cref="ByolState.Parallel"/>
    public bool? Parallel { get; init; }

    /// <summary>The type of the master weights: fp32 except for comparisons.</summary>
    public ScalarType WeightType { get; init; } = ScalarType.Float32;

    /// <inheritdoc cref="PretrainingRun.Train(IDataset?, IRunListener?, CancellationToken)"/>
    public TrainingResult Train(bool resume, IRunListener listener, CancellationToken cancellation)
    {
        RunRequirements.Validate(recipe, data, validation, ranks.Count);
        run?.RequireWritable();
        for (DivergenceException? divergence = null; ; resume = true)
        {
            try
            {
                return Train(resume, divergence, listener, cancellation);
            }
            catch (DivergenceException e) when (recipe.Training.OnNonFinite == OnNonFinite.Rewind && !e.IsFinal)
            {
                divergence = e;     // going back is resuming with fresh objects in the same process
            }
        }
    }

    private TrainingResult Train(bool resume, DivergenceException? divergence, IRunListener listener, CancellationToken cancellation)
    {
        // Restore: the weights of the newest checkpoint, and what the log says up to it.
        var type = recipe.ComputeType(device, WeightType);
        NumericsCheck.Require(StepShapes.Of(recipe, recipe.Views.ImageSize, type, ranks.Count), device, withGradients: true);
        using var state = recipe.CreateState(device, ranks, WeightType, Parallel);
        using var evaluation = new OnlineEvaluation(
            recipe, data, ranks.IsFirst ? validation : null, device, run?.HasInitial == true) { Embeddings = run is null ? null : new(run.Path) };
        using var start = RunStart.Of(run, recipe, TargetFrom, state, evaluation.Probe, resume, Warn);
        var (history, listeners) = (start.History, start.ListenersWith(listener));

        // Plan: how many steps there are, and what each is taken with.
        var spent = divergence?.Spent ?? Spent + TimeSpan.FromSeconds(history.Length?.Spent ?? 0);
        var plan = new RunPlan(recipe, data.Count, history.Length, spent, clock);
        listeners.Receive(plan.ToRecord(state, type));
        if (divergence is not null) Divergence.Rewind(divergence, state.Step, history, listeners);
        else RunRequirements.Advise(recipe, data, validation, device, Warn);
        var shortfall = new Shortfall(recipe, data.Count, start.BeganWithEncoder);

        // The loop: views, step, record, evaluate, save.
        using var views = new StepViews(recipe, data, history, listeners, ranks, device, type) { LoaderPosition = LoaderPosition };
        var recorder = new StepRecorder(recipe.Training, plan, start.Progress, history, listeners, clock);
        var evaluator = new EncoderEvaluator(evaluation, state.Online.Encoder, plan, recorder, history, listeners, ranks, clock)
        {
            Draw = (epoch, warn) => RunPictures.DrawViews(run!.Path, recipe, data, epoch, warn),
        };
        var saver = run is null ? null : new RunSaver(recipe, run, state, evaluation.Probe, plan, recorder, history, start.Log!, clock);
        try
        {
            evaluator.Evaluate(state.Step, cancellation);
            while (!plan.IsOver(state.Step) && views.First(state.Step, plan.Steps.ImageSize(state.Step), saver?.Failure, cancellation) is { } first)
            {
                if (divergence is null) shortfall.Look(plan.Budget.KnownSteps, state.Step, start, listener);
                var metrics = Step(state, views, first, evaluation, plan.Steps);
                evaluator.ReviseLength(state.Step);
                recorder.Record(metrics, views.Waited, state.Step);
                evaluator.Evaluate(state.Step, cancellation);
                saver?.Save(always: plan.IsOver(state.Step));
            }
            saver?.Finish();
            SharedFailure.ThrowIfAny(ranks, saver?.Failure);
            ranks.RequireEqual(state.Parameters.Values);
        }
        catch (NonFiniteException e)
        {
            throw new Divergence(recipe, data).Record(e, history.Skipped, plan.Budget.Spent, listeners);
        }
        catch (InvalidDataException) when (!views.StepHasBegun)
        {
            saver?.Save(always: true);      // too many images cannot be read: what was learned from the others is kept
            ranks.Meet();
            throw;
        }
        return TrainingResult.Of(plan.IsOver(state.Step), state.Step, history, recorder.Meter.Seconds, shortfall.Of(state.Step));
        void Warn(string message) => listener.Receive(new WarningRecord(state.Step, message));
    }

    // A step that has begun is finished: BatchNorm has seen its first views.
    private StepMetrics Step(ByolState state, StepViews views, ViewBatch first, OnlineEvaluation evaluation, StepSchedule schedule)
    {
        var step = new ByolStep(state, recipe.Training.MicroBatches);
        foreach (var batch in views.MicroBatches(first, state.Step))
        {
            using var scope = NewDisposeScope();
            var result = step.Accumulate(views.ToTensors(batch));
            evaluation.Learn(result.Y1, result.Y2, batch.Indices, state.Views.FirstThreads);
        }
        return step.Apply(schedule.LearningRate(state.Step), schedule.Tau(state.Step));
    }
}
