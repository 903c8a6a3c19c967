using System.Diagnostics;
using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Distributed;
using Byol.Interop;
using Byol.Method;
using Byol.Models;
using Byol.Models.Numerics;
using Byol.Optim;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>Steps of a recipe on some images that are taken to be timed: what they learn is thrown away.</summary>
internal sealed class StepTrial : IDisposable
{
    private const double LearningRate = 0.01, Tau = 0.99;
    private readonly TrainingOptions _training;
    private readonly ScalarType _computeType;
    private readonly Device _device;
    private readonly ByolState _state;
    private readonly ViewLoader _loader;

    /// <summary>Builds the networks and begins to load.</summary>
    /// <param name="recipe">What a step is.</param>
    /// <param name="data">At least a batch of images.</param>
    /// <param name="device">The device to compute on.</param>
    /// <param name="ranks">Who takes the steps together.</param>
    public StepTrial(Recipe recipe, IDataset data, Device device, ICollective ranks)
    {
        (_training, _device, _computeType) = (recipe.Training, device, recipe.ComputeType(device));
        CudaMath.Prepare(device, _training.Precision == Precision.Float32);
        NumericsCheck.Require(StepShapes.Of(recipe, recipe.Views.ImageSize, _computeType, ranks.Count), device, withGradients: true);
        _state = recipe.CreateState(device, ranks);
        _state.Optimizer = new MarkedOptimizer(_state.Optimizer);
        _loader = new ViewLoader(
            data, recipe.Views, _training.Seed, _training.ImagesPerRank(ranks.Count), data.Count / _training.MicroBatchSize,
            _training.LoadersFor(device), firstBatch: 0, new Shard(ranks.Rank, ranks.Count), []);
    }

    /// <summary>Time that steps have waited for views.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Takes a step.</summary>
    /// <returns>How long it took.</returns>
    public TimeSpan Step() => Timed(() =>
    {
        using var around = OperationClock.Around(nameof(StepTrial));
        var step = new ByolStep(_state, _training.MicroBatches);
        for (var i = 0; i < _training.MicroBatches; i++) Accumulate(step);
        step.Apply(LearningRate, Tau);
    });

    /// <summary>Does what ends a step: the optimizer and the moving average.</summary>
    /// <returns>How long it took.</returns>
    public TimeSpan Update() => Timed(() =>
    {
        _state.Optimizer.Step(LearningRate);
        _state.Target.Update(_state.Parameters, Tau);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _loader.Dispose();
        _state.Dispose();
    }

    private void Accumulate(ByolStep step)
    {
        using var scope = NewDisposeScope();
        var batch = Next();
        Waited += _loader.LastWait;
        var (first, second) = ViewTensors.From(batch, _device, _computeType);
        step.Accumulate(new ViewPair(first, second));
    }

    private ViewBatch Next()
    {
        using var part = OperationClock.Part(nameof(ViewLoader));
        return _loader.Next();
    }

    private sealed class MarkedOptimizer(IOptimizer rule) : IOptimizer
    {
        public IReadOnlyList<(string Name, Tensor Value)> State => rule.State;

        public void Step(double learningRate)
        {
            using var part = OperationClock.Part(nameof(IOptimizer));
            rule.Step(learningRate);
        }

        public void Dispose() => rule.Dispose();
    }

    private static TimeSpan Timed(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start);
    }
}
