using System.Diagnostics;
using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Interop;
using Byol.Method;
using Byol.Models.Numerics;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>Steps of a recipe on some images that are taken to be timed: what they learn is thrown away.</summary>
internal sealed class StepTrial : IDisposable
{
    private readonly TrainingOptions _training;
    private readonly ScalarType _computeType;
    private readonly Device _device;
    private readonly ByolState _state;
    private readonly ViewLoader _loader;
    private readonly ByolStep _step;

    /// <summary>Builds the networks and begins to load.</summary>
    /// <param name="recipe">What a step is.</param>
    /// <param name="data">At least a batch of images.</param>
    /// <param name="device">Where to compute.</param>
    public StepTrial(Recipe recipe, IDataset data, Device device)
    {
        (_training, _device, _computeType) = (recipe.Training, device, recipe.Encoder.ComputeType(recipe.Training.Precision, device));
        NumericsCheck.Require(StepShapes.Of(recipe, recipe.Views.ImageSize, _computeType), device, withGradients: true);
        _state = new ByolState(
            recipe.Encoder.Create, recipe.Encoder.RepresentationSize, recipe.Method, recipe.Optimizer, _training.Seed, device);
        _loader = new ViewLoader(
            data, recipe.Views, _training.Seed, _training.MicroBatchSize, data.Count / _training.MicroBatchSize, _training.Loaders,
            firstBatch: 0);
        _step = new ByolStep(_state, _ => 0.01, _ => 0.99);
    }

    /// <summary>Time that steps have waited for views.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Takes a step.</summary>
    /// <returns>How long it took.</returns>
    public TimeSpan Step() => Timed(() => _step.Take(_training.MicroBatches, NextViews));

    /// <summary>Does what ends a step: the optimizer and the moving average.</summary>
    /// <returns>How long it took.</returns>
    public TimeSpan Update() => Timed(() =>
    {
        _state.Optimizer.Step(0.01);
        _state.Target.Update(_state.Parameters, 0.99);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _loader.Dispose();
        _state.Dispose();
    }

    private ViewPair NextViews()
    {
        var batch = _loader.Next();
        Waited += _loader.LastWait;
        var (first, second) = ViewTensors.From(batch, _device, _computeType);
        return new ViewPair(first, second);
    }

    private static TimeSpan Timed(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start);
    }
}
