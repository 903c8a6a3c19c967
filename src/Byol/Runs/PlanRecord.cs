using System.Globalization;
using System.Text.Json.Serialization;

namespace Byol.Runs;

/// <summary>The plan of a run, when it begins or is resumed; it is not in the log.</summary>
public sealed class PlanRecord : RunRecord
{
    [JsonConstructor]
    internal PlanRecord(long step, int images, long totalSteps, long stepsPerEpoch, long parameters, string computeType) =>
        (Step, Images, TotalSteps, StepsPerEpoch, Parameters, ComputeType) = (step, images, totalSteps, stepsPerEpoch, parameters,
        computeType);

    /// <inheritdoc/>
    public override long Step { get; }

    /// <summary>Images in the data.</summary>
    public int Images { get; }

    /// <summary>K, optimizer steps of the whole run; 0 if a budget decides and no step was timed yet.</summary>
    public long TotalSteps { get; }

    /// <summary>Optimizer steps of an epoch.</summary>
    public long StepsPerEpoch { get; }

    /// <summary>Trained parameters.</summary>
    public long Parameters { get; }

    /// <summary>The type that the networks compute in.</summary>
    public string ComputeType { get; }

    /// <summary>The time budget of the run; zero if the number of steps is given.</summary>
    public TimeSpan Budget { get; internal init; }

    /// <summary>Processes that train together.</summary>
    internal int Ranks { get; init; } = 1;

    /// <inheritdoc/>
    private protected override string Line
    {
        get
        {
            var length = Budget > TimeSpan.Zero ? $"as many steps as fit into {Words(Budget)}"
                : string.Create(CultureInfo.InvariantCulture, $"{TotalSteps:N0} steps ({(double)TotalSteps / StepsPerEpoch:0.#} epochs)");
            var resumed = Step > 0 ? string.Create(CultureInfo.InvariantCulture, $", from step {Step:N0}") : "";
            var together = Ranks > 1 ? $", {Ranks} ranks" : "";
            return string.Create(CultureInfo.InvariantCulture,
                $"{Images:N0} images, {length}{resumed}, {Parameters / 1e6:F1} M parameters, {ComputeType}{together}");
        }
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

/// <summary>The number of steps that fit into the run's time budget, as estimated after a step.</summary>
public sealed class LengthRecord : RunRecord
{
    [JsonConstructor]
    internal LengthRecord(long step, long budgetSteps, double spent) =>
        (Step, BudgetSteps, Spent) = (step, budgetSteps, spent);

    /// <inheritdoc/>
    public override long Step { get; }

    /// <summary>K, steps of the whole run.</summary>
    public long BudgetSteps { get; }

    /// <summary>Seconds that the run has taken, over all its processes.</summary>
    public double Spent { get; }

    /// <inheritdoc/>
    private protected override string Line => string.Create(CultureInfo.InvariantCulture, $"about {BudgetSteps:N0} steps fit into the budget");
}
