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
    /// <param name="encoder">Builds an encoder from a source of weights; called for the online and the target network, and once more for
    /// each if a step computes both views at the same time; it must build the same network each time.</param>
    /// <param name="representationSize">D, the size of the encoder's output.</param>
    /// <param name="method">Heads and moving average.</param>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="seed">Seeds the weights.</param>
    /// <param name="device">The device of the networks.</param>
    /// <param name="type">The type of the master weights: fp32 except for comparisons.</param>
    /// <param name="products">The type in which the optimizer computes matrix products; null for that of the master weights.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the encoder has a norm whose statistics cannot be
    /// kept.</exception>
    public ByolState(
        Func<WeightSource, Module<Tensor, Tensor>> encoder, long representationSize, ByolOptions method, OptimizerOptions optimizer,
        ulong seed, Device device, ScalarType type = ScalarType.Float32, ScalarType? products = null)
    {
        method.Validate();
        optimizer.Validate();
        CodingRateWeight = method.CodingRateWeight;
        using var onlineWeights = new WeightSource(seed, device, type);
        using var targetWeights = new WeightSource(seed + 1, device, type);
        Online = OnlineFrom(onlineWeights);
        Target = TargetFrom(targetWeights, null);

        // f and g come first, in the target's order, because the target averages a prefix of this buffer.
        Parameters = new FlatParameters(Online.named_parameters(), trained: true);
        if (!method.TargetFromOtherWeights) Target.CopyFrom(Parameters);
        Optimizer = optimizer.Create(Parameters, products, (here, there) => Views.Both(here, there));
        Online.train();
        Target.train();
        ReadsTogether = device.type != TorchSharp.DeviceType.CPU;
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
            if (!method.KeepStatistics) return network;
            foreach (var module in network.modules())
            {
                if (module is BatchNorm norm) norm.KeepsStatistics = true;
                else if (module.named_buffers(recurse: false).Any(b => b.name == "running_mean"))
                {
                    throw new ArgumentException(
                        $"The encoder's {module.GetType().Name} keeps statistics of its own, which method.keep_statistics cannot hold; build it of "
                        + "Byol's BatchNorm, or set method.keep_statistics = false.");
                }
            }
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

    /// <summary>w of <see cref="ByolOptions.CodingRateWeight"/>.</summary>
    internal double CodingRateWeight { get; }

    /// <summary>The optimizer of θ.</summary>
    internal IOptimizer Optimizer { get; set; }

    /// <summary>The ranks that have the other parts of each batch.</summary>
    internal ICollective Ranks { get; private set; } = SingleProcess.Instance;

    /// <summary>Spreads batches over ranks.</summary>
    /// <param name="ranks">The ranks; their weights are equal.</param>
    /// <param name="synchronizesNorms">Whether BatchNorm sees the whole batch.</param>
    /// <exception cref="ArgumentException">It should, but the encoder has a norm of another kind.</exception>
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
                    $"The encoder's {module.GetType().Name} keeps statistics, which {ranks.Count} ranks cannot synchronize; build it of Byol's "
                    + "BatchNorm, or set method.sync_batch_norm = false for statistics of each rank's images alone.");
            }
        }
    }

    /// <summary>Whether both views are computed at the same time. Null: if the networks support it and there is more than one thread.
    /// </summary>
    internal bool? Parallel { get; set; }

    /// <summary>Whether a step reads its figures all at once, at its end: where they do not lie in the processor's memory.</summary>
    internal bool ReadsTogether { get; set; }

    /// <summary>How a step computes its two views.</summary>
    internal ITwoViews Views =>
        Ranks.Count == 1 && (Parallel ?? (get_num_threads() >= 2 && _suitsParallel.Value)) ? ParallelViews : _sequential;

    /// <summary>Computes both views at the same time, with copies of both networks that are made on first use.</summary>
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
