using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Models.Numerics;
using Byol.Runs;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>The views that steps train on, micro-batch by micro-batch, loaded ahead. Where views grow it loads anew.</summary>
/// <param name="recipe">How views and batches are made.</param>
/// <param name="data">The images.</param>
/// <param name="history">Batches that were left out, and images that could not be read.</param>
/// <param name="listener">Is told of each image that cannot be read, once.</param>
/// <param name="device">Where the networks compute.</param>
internal sealed class StepViews(Recipe recipe, IDataset data, RunHistory history, IRunListener listener, Device device) : IDisposable
{
    private readonly TrainingOptions _training = recipe.Training;
    private ViewLoader? _loader;

    /// <summary>Where the loader begins, in steps, from the steps taken: there. Tests show that nothing else will do.</summary>
    public Func<long, long> LoaderPosition { get; init; } = steps => steps;

    /// <summary>How long the step has waited for its views so far.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Whether the step has its first views.</summary>
    public bool StepHasBegun { get; private set; }

    /// <summary>The first micro-batch of a step; null where the run is interrupted: only here can it be.</summary>
    /// <param name="step">Steps taken before it.</param>
    /// <param name="imageSize">The side of its views in pixels.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="InvalidDataException">More than 1 % of the images cannot be read.</exception>
    public ViewBatch? First(long step, int imageSize, CancellationToken cancellation)
    {
        (Waited, StepHasBegun) = (TimeSpan.Zero, false);
        if (_loader?.ImageSize != imageSize) Load(step, imageSize);
        try
        {
            var batch = Next(step, cancellation);
            StepHasBegun = true;
            return batch;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>All micro-batches of a step, one at a time.</summary>
    /// <param name="first">The first.</param>
    /// <param name="step">Steps taken before it.</param>
    /// <exception cref="InvalidDataException">More than 1 % of the images cannot be read.</exception>
    public IEnumerable<ViewBatch> MicroBatches(ViewBatch first, long step)
    {
        yield return first;
        for (var i = 1; i < _training.MicroBatches; i++) yield return Next(step, CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose() => _loader?.Dispose();

    private ViewBatch Next(long step, CancellationToken cancellation)
    {
        var batch = _loader!.Next(cancellation);
        Waited += _loader.LastWait;
        foreach (var index in batch.Unreadable.Where(i => !history.Unreadable.Contains(i)).ToList())
            listener.Receive(new UnreadableRecord(step + 1, data.ItemName(index), index, history.Unreadable.Count + 1));
        return batch;
    }

    private void Load(long step, int imageSize)
    {
        _loader?.Dispose();
        _loader = null;
        var type = recipe.Encoder.ComputeType(_training.Precision, device);
        NumericsCheck.Require(StepShapes.Of(recipe, imageSize, type), device, withGradients: true);
        var batchesPerEpoch = data.Count / _training.BatchSize * (long)_training.MicroBatches;
        _loader = new ViewLoader(
            data, recipe.Views with { ImageSize = imageSize }, _training.Seed, _training.MicroBatchSize, batchesPerEpoch, _training.Loaders,
            firstBatch: (LoaderPosition(step) + history.Skipped) * _training.MicroBatches, history.Unreadable);
    }
}
