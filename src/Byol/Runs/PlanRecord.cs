using System.Globalization;

namespace Byol.Runs;

/// <summary>What a run will do, said when it begins or is resumed; it is not in the log.</summary>
/// <param name="Step">The step that it starts from; above 0 when resumed.</param>
/// <param name="Images">Images in the data.</param>
/// <param name="TotalSteps">K, optimizer steps of the whole run; 0 where a budget decides and no step was timed yet.</param>
/// <param name="StepsPerEpoch">Optimizer steps of an epoch.</param>
/// <param name="Parameters">Trained parameters.</param>
/// <param name="ComputeType">What the networks compute in.</param>
public sealed record PlanRecord(long Step, int Images, long TotalSteps, long StepsPerEpoch, long Parameters, string ComputeType) : RunRecord
{
    /// <summary>Time that the run may take; zero where its steps are counted.</summary>
    public TimeSpan Budget { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        var length = Budget > TimeSpan.Zero ? $"as many steps as fit into {Words(Budget)}"
            : string.Create(CultureInfo.InvariantCulture, $"{TotalSteps:N0} steps ({(double)TotalSteps / StepsPerEpoch:0.#} epochs)");
        var resumed = Step > 0 ? string.Create(CultureInfo.InvariantCulture, $", from step {Step:N0}") : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{Images:N0} images, {length}{resumed}, {Parameters / 1e6:F1} M parameters, {ComputeType}");
    }

    private static string Words(TimeSpan time) => (long)time.TotalSeconds switch
    {
        var s when s % 3600 == 0 => Count(s / 3600, "hour"),
        var s when s % 60 == 0 => Count(s / 60, "minute"),
        var s => Count(s, "second"),
    };

    private static string Count(long count, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {unit}{(count == 1 ? "" : "s")}");
}

/// <summary>How many steps fit into the run's budget of time, as estimated after a step.</summary>
/// <param name="Step">Optimizer steps taken.</param>
/// <param name="BudgetSteps">K, steps of the whole run.</param>
/// <param name="Spent">Seconds that the run has taken, of all its processes.</param>
public sealed record LengthRecord(long Step, long BudgetSteps, double Spent) : RunRecord
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"about {BudgetSteps:N0} steps fit into the budget");
}
