using Byol.Runs;

namespace Byol.Training;

/// <summary>What a run will do.</summary>
/// <param name="Images">Images in the data.</param>
/// <param name="FirstStep">The step that it starts from; above 0 when resumed.</param>
/// <param name="TotalSteps">Optimizer steps of the whole run; 0 where a budget decides and no step was timed yet.</param>
/// <param name="StepsPerEpoch">Optimizer steps of an epoch.</param>
/// <param name="Parameters">Trained parameters.</param>
/// <param name="ComputeType">What the networks compute in.</param>
public sealed record TrainingPlan(int Images, long FirstStep, long TotalSteps, long StepsPerEpoch, long Parameters, string ComputeType)
{
    /// <summary>Time that the run may take; zero where its epochs decide.</summary>
    public TimeSpan Budget { get; init; }
}

/// <summary>Hears how a run goes; called on the training thread, between steps. What is not implemented is not heard.</summary>
public interface ITrainingProgress
{
    /// <summary>Training starts.</summary>
    /// <param name="plan">What it will do.</param>
    void Started(TrainingPlan plan)
    {
    }

    /// <summary>How many steps fit into the run's budget was found anew.</summary>
    /// <param name="record">What was found.</param>
    void Fitted(LengthRecord record)
    {
    }

    /// <summary>Some steps were taken.</summary>
    /// <param name="record">Their figures.</param>
    void Stepped(StepRecord record)
    {
    }

    /// <summary>The encoder was evaluated.</summary>
    /// <param name="record">The figure.</param>
    void Evaluated(KnnRecord record)
    {
    }

    /// <summary>The representations were looked at.</summary>
    /// <param name="record">The figures.</param>
    void Diagnosed(DiagnosisRecord record)
    {
    }

    /// <summary>Something needs attention.</summary>
    /// <param name="message">One line.</param>
    void Warned(string message)
    {
    }
}
