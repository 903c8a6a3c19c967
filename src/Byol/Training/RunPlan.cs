using Byol.Method;
using Byol.Runs;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>How many steps a run takes, what each is taken with, and after which the encoder is evaluated.</summary>
internal sealed class RunPlan
{
    private readonly Recipe _recipe;
    private readonly int _images;

    /// <param name="recipe">What to train, how long and how.</param>
    /// <param name="images">Images in the data.</param>
    /// <param name="last">What of the length was estimated last, if the run is resumed.</param>
    /// <param name="spent">What is spent of the budget of time already.</param>
    /// <param name="clock">The clock.</param>
    public RunPlan(Recipe recipe, int images, LengthRecord? last, TimeSpan spent, TimeProvider clock)
    {
        (_recipe, _images, StepsPerEpoch) = (recipe, images, images / recipe.Training.BatchSize);
        Evaluations = new EvaluationSchedule(StepsPerEpoch * recipe.Training.EvaluateEveryEpochs);
        Budget = new StepBudget(recipe, StepsPerEpoch, Evaluations, last, spent, clock);
        Steps = new StepSchedule(recipe, StepsPerEpoch, Budget);
    }

    /// <summary>Optimizer steps of an epoch; the images that do not fill a batch are left out.</summary>
    public long StepsPerEpoch { get; }

    /// <summary>K.</summary>
    public StepBudget Budget { get; }

    /// <summary>What each step is taken with.</summary>
    public StepSchedule Steps { get; }

    /// <summary>After which steps the encoder is evaluated.</summary>
    public EvaluationSchedule Evaluations { get; }

    /// <summary>The plan as listeners are told of it.</summary>
    /// <param name="state">Where the run starts.</param>
    /// <param name="type">The type that the networks compute in.</param>
    public PlanRecord ToRecord(ByolState state, ScalarType type) =>
        new(state.Step, _images, Budget.KnownSteps, StepsPerEpoch, state.Parameters.Values.numel(), $"{type}")
        {
            Budget = _recipe.Training.Budget, Ranks = state.Ranks.Count
        };

    /// <summary>Epochs done, with fraction.</summary>
    /// <param name="step">Steps taken.</param>
    public double Epoch(long step) => (double)step / StepsPerEpoch;

    /// <summary>Whether all steps are taken.</summary>
    /// <param name="step">Steps taken.</param>
    public bool IsOver(long step) => step >= Budget.Steps;
}
