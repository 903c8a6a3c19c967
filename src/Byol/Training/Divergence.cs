using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Method;
using Byol.Runs;

namespace Byol.Training;

/// <summary>What a run does where a step is not finite.</summary>
public enum OnNonFinite
{
    /// <summary>It ends; the last checkpoint is kept.</summary>
    Stop,

    /// <summary>It goes back to the last checkpoint and on with the images that come after those of the step.</summary>
    Rewind,
}

/// <summary>From a tensor that is not finite to the images that the step saw:
/// order and views are pure functions of the seed, so nothing has to be kept for it.</summary>
/// <param name="recipe">Seed and batch size.</param>
/// <param name="data">The images.</param>
internal sealed class Divergence(Recipe recipe, IDataset data)
{
    /// <summary>Times that a run goes back to one checkpoint.</summary>
    public const int MostRewinds = 3;

    private const int NamedImages = 3;

    /// <summary>The exception that ends the run, or has it rewound.</summary>
    /// <param name="e">What happened.</param>
    /// <param name="skipped">Batches that the run has left out so far.</param>
    /// <param name="microBatch">The micro-batch that was computed last, from 0.</param>
    /// <param name="spent">Time of the budget that is spent.</param>
    public DivergenceException Explain(NonFiniteException e, long skipped, int microBatch, TimeSpan spent)
    {
        var (training, batch) = (recipe.Training, e.Step - 1 + skipped);
        var stepsPerEpoch = data.Count / training.BatchSize;
        var epoch = (int)(batch / stepsPerEpoch);
        var first = (int)(batch % stepsPerEpoch) * training.BatchSize;
        var order = new EpochOrder(data.Count, training.Seed).Indices(epoch);
        var rows = e.Rows.Count > 0
            ? e.Rows.Select(row => microBatch * training.MicroBatchSize + row)
            : Enumerable.Range(0, training.BatchSize);
        List<int> images = [.. rows.Select(row => order[first + row])];
        var record = new NonFiniteRecord(e.Step, e.Tensor, training.Seed, epoch, images, [.. images.Select(data.ItemName)]);
        return new DivergenceException($"{Line(record)} {Remedy}", record, batch) { Spent = spent };
    }

    /// <summary>The same after rewinding did not help.</summary>
    public static DivergenceException GiveUp(DivergenceException e, long step) =>
        new(
            $"{Line(e.Record)} Going back to step {step} {MostRewinds} times did not help; "
                + "start again in another folder with a lower optimizer.learning_rate.",
            e.Record, e.Batch) { IsFinal = true };

    /// <summary>Which step, tensor and images.</summary>
    public static string Line(NonFiniteRecord record) =>
        $"Step {record.Step}: {record.NonFinite} is not finite; seed {record.Seed}, epoch {record.Epoch}, "
        + $"{(record.Images.Count == 1 ? "image" : "images")} "
        + $"{string.Join(", ", record.Images.Zip(record.Names).Take(NamedImages).Select(i => $"{i.First} ({i.Second})"))}"
        + $"{(record.Images.Count > NamedImages ? $" and {record.Images.Count - NamedImages} more, all in metrics.jsonl" : "")}.";

    private const string Remedy =
        "Nothing of it was saved: resume from the last checkpoint with training.on_non_finite = rewind, "
        + "or start again in another folder with a lower optimizer.learning_rate.";
}
