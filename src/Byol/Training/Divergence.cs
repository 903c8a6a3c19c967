using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Method;
using Byol.Runs;

namespace Byol.Training;

/// <summary>What a run does if a step is not finite.</summary>
public enum OnNonFinite
{
    /// <summary>It ends; the last checkpoint is kept.</summary>
    Stop,

    /// <summary>It goes back to the last checkpoint and continues with the images after those of the step.</summary>
    Rewind,
}

/// <summary>From a tensor that is not finite to the images that the step saw:
/// order and views are pure functions of the seed, so nothing has to be kept for it.</summary>
/// <param name="recipe">Seed and batch size.</param>
/// <param name="data">The images.</param>
internal sealed class Divergence(Recipe recipe, IDataset data)
{
    /// <summary>The most times that a run goes back to one checkpoint.</summary>
    public const int MostRewinds = 3;

    /// <summary>Records a failed step.</summary>
    /// <param name="e">What happened.</param>
    /// <param name="skipped">Batches that the run has left out so far.</param>
    /// <param name="spent">Time of the budget that is spent.</param>
    /// <param name="listener">Receives the record.</param>
    /// <returns>The exception that ends the run, or has it rewound.</returns>
    public DivergenceException Record(NonFiniteException e, long skipped, TimeSpan spent, IRunListener listener)
    {
        var (training, batch) = (recipe.Training, e.Step - 1 + skipped);
        var stepsPerEpoch = data.Count / training.BatchSize;
        var epoch = (int)(batch / stepsPerEpoch);
        var first = (int)(batch % stepsPerEpoch) * training.BatchSize;
        var order = new EpochOrder(data.Count, training.Seed).Indices(epoch);
        var rows = e.Rows.Count > 0 ? e.Rows : [.. Enumerable.Range(0, training.BatchSize)];
        List<int> images = [.. rows.Select(row => order[first + row])];
        var record = new NonFiniteRecord(e.Step, e.Tensor, training.Seed, epoch, images, [.. images.Select(data.ItemName)]);
        listener.Receive(record);
        return new DivergenceException($"{record} {Remedy}", record, batch) { Spent = spent };
    }

    /// <summary>Records that a run continues after the images of a failed step.</summary>
    /// <param name="e">What happened.</param>
    /// <param name="step">The step of the checkpoint that it went back to.</param>
    /// <param name="history">How often it has gone back there.</param>
    /// <param name="listener">Receives the record.</param>
    /// <exception cref="DivergenceException">It has gone back there too often.</exception>
    public static void Rewind(DivergenceException e, long step, RunHistory history, IRunListener listener)
    {
        if (history.Rewinds >= MostRewinds) throw GiveUp(e, step);
        listener.Receive(new RewindRecord(step, e.Record.Step, e.Record.NonFinite, skipped: e.Batch + 1 - step) { Failure = e.Record });
    }

    private static DivergenceException GiveUp(DivergenceException e, long step) =>
        new(
            $"{e.Record} Going back to step {step} {MostRewinds} times did not help; "
                + "start again in another folder with a lower optimizer.learning_rate.",
            e.Record, e.Batch) { IsFinal = true };

    private const string Remedy =
        "Nothing of it was saved: resume from the last checkpoint with training.on_non_finite = rewind, "
        + "or start again in another folder with a lower optimizer.learning_rate.";
}
