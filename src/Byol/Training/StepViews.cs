using System.Text;
using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Distributed;
using Byol.Interop;
using Byol.Method;
using Byol.Models.Numerics;
using Byol.Runs;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>The views that steps train on, micro-batch by micro-batch, loaded ahead: of each this rank's share. If views grow it loads
/// again.</summary>
/// <remarks>Whether there is a next micro-batch the ranks decide together: one that stopped alone would leave the others waiting.</remarks>
/// <param name="recipe">How views and batches are made.</param>
/// <param name="data">The images.</param>
/// <param name="history">Batches that were left out, and images that could not be read.</param>
/// <param name="listener">Receives each image that cannot be read, once.</param>
/// <param name="ranks">Who has the other shares.</param>
/// <param name="device">Where the networks compute ...</param>
/// <param name="type">... and in what.</param>
internal sealed class StepViews(
    Recipe recipe, IDataset data, RunHistory history, IRunListener listener, ICollective ranks, Device device, ScalarType type) : IDisposable
{
    private readonly TrainingOptions _training = recipe.Training;
    private readonly ViewStaging _staging = new(device, type, recipe.Training.MicroBatches);
    private ViewLoader? _loader;

    /// <summary>Where the loader begins, in steps, from the steps taken: there. Tests show that nothing else will do.</summary>
    public Func<long, long> LoaderPosition { get; init; } = steps => steps;

    /// <summary>How long the step has waited for its views so far.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Whether the step has its first views.</summary>
    public bool StepHasBegun { get; private set; }

    /// <summary>The first micro-batch of a step; null if the run is interrupted: only here can it be.</summary>
    /// <param name="step">Steps taken before it.</param>
    /// <param name="imageSize">The side of its views in pixels.</param>
    /// <param name="found">What was not finite when the first rank saved; null if nothing.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="InvalidDataException">More than 1 % of the images cannot be read.</exception>
    /// <exception cref="NonFiniteException">The first rank has found something.</exception>
    public ViewBatch? First(long step, int imageSize, NonFiniteException? found, CancellationToken cancellation)
    {
        (Waited, StepHasBegun) = (TimeSpan.Zero, false);
        if (_loader?.ImageSize != imageSize) Load(step, imageSize);
        var batch = Next(step, found, cancellation);
        StepHasBegun = batch is not null;
        return batch;
    }

    /// <summary>All micro-batches of a step, one at a time.</summary>
    /// <param name="first">The first.</param>
    /// <param name="step">Steps taken before it.</param>
    /// <exception cref="InvalidDataException">More than 1 % of the images cannot be read.</exception>
    public IEnumerable<ViewBatch> MicroBatches(ViewBatch first, long step)
    {
        yield return first;
        for (var i = 1; i < _training.MicroBatches; i++) yield return Next(step, null, CancellationToken.None)!;
    }

    /// <summary>The views of a micro-batch where the networks compute.</summary>
    /// <param name="batch">It.</param>
    /// <returns>[B,3,S,S] each; the caller's dispose scope owns them.</returns>
    public ViewPair ToTensors(ViewBatch batch)
    {
        var (first, second) = _staging.Place(batch);
        return new ViewPair(first, second);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loader?.Dispose();
        _staging.Dispose();
    }

    // Null if any rank is interrupted.
    private ViewBatch? Next(long step, NonFiniteException? found, CancellationToken cancellation)
    {
        var (batch, failure) = Take(cancellation);
        var unreadable = batch?.Unreadable.Where(i => !history.Unreadable.Contains(i)).ToList() ?? [];
        Span<double> any = [failure is null ? 0 : ranks.Rank + 1, batch is null ? 1 : 0, unreadable.Count, found is null ? 0 : 1];
        ranks.Max(any);
        if (any[3] > 0) throw SharedFailure.Shared(ranks, found);
        if (any[0] > 0)
        {
            var message = ranks.Broadcast(failure is null ? null : Encoding.UTF8.GetBytes(failure.Message), from: (int)any[0] - 1);
            throw failure ?? new InvalidDataException(Encoding.UTF8.GetString(message));
        }
        if (any[2] > 0) Report(unreadable, step);
        return any[1] > 0 ? null : batch;
    }

    private (ViewBatch? Batch, InvalidDataException? Failure) Take(CancellationToken cancellation)
    {
        try
        {
            var batch = _loader!.Next(cancellation);
            Waited += _loader.LastWait;
            return (batch, null);
        }
        catch (OperationCanceledException)
        {
            return (null, null);
        }
        catch (InvalidDataException e)
        {
            return (null, e);
        }
    }

    // Each rank receives what any of them could not read, so that all count alike.
    private void Report(List<int> unreadable, long step)
    {
        if (ranks.Count > 1)
        {
            var marked = new double[data.Count];
            foreach (var index in unreadable) marked[index] = 1;
            ranks.Sum(marked);
            unreadable = [.. Enumerable.Range(0, marked.Length).Where(i => marked[i] > 0)];
        }
        foreach (var index in unreadable)
            listener.Receive(new UnreadableRecord(step + 1, data.ItemName(index), index, history.Unreadable.Count + 1));
        if (ReadableImages.AreTooMany(history.Unreadable.Count, data.Count))
            throw ReadableImages.TooMany(data, history.Unreadable);
    }

    private void Load(long step, int imageSize)
    {
        _loader?.Dispose();
        _loader = null;
        NumericsCheck.Require(StepShapes.Of(recipe, imageSize, type, ranks.Count), device, withGradients: true);
        var batchesPerEpoch = data.Count / _training.BatchSize * (long)_training.MicroBatches;
        _loader = new ViewLoader(
            data, recipe.Views with { ImageSize = imageSize }, _training.Seed, _training.ImagesPerRank(ranks.Count), batchesPerEpoch,
            _training.LoadersFor(device), firstBatch: (LoaderPosition(step) + history.Skipped) * _training.MicroBatches,
            new Shard(ranks.Rank, ranks.Count), history.Unreadable);
    }
}
