using Byol.Distributed;
using Byol.Models;
using Byol.Optim;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Method;

/// <summary>Everything that a step changes: both networks, the optimizer and the count of steps.</summary>
public sealed class ByolState : IDisposable
{
    private readonly SequentialViews _sequential;
    private readonly Lazy<ParallelViews> _parallel;
    private readonly Lazy<bool> _suitsParallel;

    /// <summary>Builds both networks around an encoder.</summary>
    /// <param name="encoder">Builds an encoder from a source of weights; called for the online and the target
    /// network, and once more for each where a step computes both views at the same time; it must build the same again.</param>
    /// <param name="representationSize">D, the size of the encoder's output.</param>
    /// <param name="method">Heads and moving average.</param>
    /// <param name="optimizer">The rule.</param>
    /// <param name="seed">Draws the weights.</param>
    /// <param name="device">Where the networks live.</param>
    /// <param name="type">What the master weights are kept in: fp32 but for comparisons.</param>
    public ByolState(
        Func<WeightSource, Module<Tensor, Tensor>> encoder, long representationSize, ByolOptions method, OptimizerOptions optimizer,
        ulong seed, Device device, ScalarType type = ScalarType.Float32)
    {
        method.Validate();
        optimizer.Validate();
        using var onlineWeights = new WeightSource(seed, device, type);
        using var targetWeights = new WeightSource(seed + 1, device, type);
        Online = OnlineFrom(onlineWeights);
        Target = TargetFrom(targetWeights, null);

        // f and g first, in the target's order: the target averages a prefix of this buffer.
        Parameters = new FlatParameters(Online.named_parameters(), trained: true);
        if (!method.TargetFromOtherWeights) Target.CopyFrom(Parameters);
        Optimizer = optimizer.Create(Parameters);
        Online.train();
        Target.train();
        _sequential = new SequentialViews(this);
        _suitsParallel = new Lazy<bool>(() => ParallelViews.Suits(this));
        _parallel = new Lazy<ParallelViews>(() =>
        {
            using var weights = new WeightSource(seed, device, type);
            return new ParallelViews(this, OnlineFrom(weights), TargetFrom(weights, Target));
        });

        OnlineNetwork OnlineFrom(WeightSource weights) =>
            new(Encoder(weights), Projector(weights), method.Predictor ? PredictorHead(weights) : null);
        TargetNetwork TargetFrom(WeightSource weights, TargetNetwork? shared) => new(Encoder(weights), Projector(weights), shared);
        Module<Tensor, Tensor> Encoder(WeightSource weights)
        {
            var network = encoder(weights);
            foreach (var norm in network.modules().OfType<BatchNorm>()) norm.KeepsStatistics = method.KeepStatistics;
            return network;
        }
        MlpHead Projector(WeightSource weights) => Head(representationSize, method.ProjectorHidden, weights);
        MlpHead PredictorHead(WeightSource weights) => Head(method.ProjectionSize, method.PredictorHidden, weights);
        MlpHead Head(long inputs, long hidden, WeightSource weights) =>
            new(inputs, hidden, method.ProjectionSize, method.HeadOutputBias || hidden == 0, weights);
    }

    /// <summary>f_θ, g_θ, q_θ.</summary>
    public OnlineNetwork Online { get; }

    /// <summary>f_ξ, g_ξ.</summary>
    internal TargetNetwork Target { get; }

    /// <summary>θ and its gradients.</summary>
    internal FlatParameters Parameters { get; }

    /// <summary>The rule that moves θ.</summary>
    internal IOptimizer Optimizer { get; }

    /// <summary>Who has the other parts of each batch.</summary>
    internal ICollective Ranks { get; private set; } = SingleProcess.Instance;

    /// <summary>Spreads batches over ranks.</summary>
    /// <param name="ranks">They; their weights are equal.</param>
    /// <param name="synchronizesNorms">Whether BatchNorm sees the whole batch.</param>
    /// <exception cref="ArgumentException">It should, and an encoder has a norm of another kind.</exception>
    internal void Spread(ICollective ranks, bool synchronizesNorms)
    {
        Ranks = ranks;
        if (ranks.Count == 1 || !synchronizesNorms) return;
        foreach (var module in Online.modules().Concat(Target.modules()))
        {
            if (module is BatchNorm norm) norm.Ranks = ranks;
            else if (module.named_buffers(recurse: false).Any())
            {
                throw new ArgumentException(
                    $"The encoder's {module.GetName()} keeps statistics, which {ranks.Count} ranks cannot synchronize; build it of Byol's "
                    + "BatchNorm, or set method.sync_batch_norm = false for statistics of each rank's images alone.");
            }
        }
    }

    /// <summary>Whether both views are computed at the same time. Null: where that suits the networks and there is more than one thread.
    /// </summary>
    internal bool? Parallel { get; set; }

    /// <summary>How a step computes its two views.</summary>
    internal ITwoViews Views =>
        Ranks.Count == 1 && (Parallel ?? (get_num_threads() >= 2 && _suitsParallel.Value)) ? ParallelViews : _sequential;

    /// <summary>Both views at the same time: both networks once more, made when first asked for.</summary>
    internal ParallelViews ParallelViews => _parallel.Value;

    /// <summary>k: optimizer steps taken.</summary>
    public long Step { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_parallel.IsValueCreated) ParallelViews.Dispose();
        Optimizer.Dispose();
        Parameters.Dispose();
        Online.Dispose();
        Target.Dispose();
    }
}
