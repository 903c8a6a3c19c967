using Byol.Optim;

namespace Byol.Training;

/// <summary>What a step is taken with: learning rate, τ and the side of its views, each a function of the step and of K alone, so that a
/// resumed run needs no state of them.</summary>
/// <param name="recipe">Peaks and shapes.</param>
/// <param name="stepsPerEpoch">Optimizer steps of an epoch.</param>
/// <param name="budget">Knows K.</param>
internal sealed class StepSchedule(Recipe recipe, long stepsPerEpoch, StepBudget budget)
{
    private readonly ResolutionSchedule _resolution = ResolutionSchedule.Of(recipe);
    private readonly double _peak = recipe.Optimizer.PeakLearningRate(recipe.Training.BatchSize);
    private readonly long _warmup = (long)(recipe.Optimizer.WarmupEpochs * stepsPerEpoch);

    /// <summary>Steps of warm-up: as the recipe says, but where K follows a budget at most a tenth of it.</summary>
    public long WarmupSteps => budget.HasBudget ? Math.Min(_warmup, budget.Steps / 10) : _warmup;

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">Steps taken before it.</param>
    public double LearningRate(long step) =>
        Schedules.LearningRate(_peak, step, budget.Steps, WarmupSteps, recipe.Optimizer.Schedule);

    /// <summary>τ of a step.</summary>
    /// <param name="step">Steps taken before it.</param>
    public double Tau(long step) => Schedules.Tau(recipe.Method.Tau, step, budget.Steps, recipe.Method.TauSchedule);

    /// <summary>The side of the views of a step in pixels.</summary>
    /// <param name="step">Steps taken before it.</param>
    public int ImageSize(long step) => _resolution.Size(step, budget.Steps);
}
