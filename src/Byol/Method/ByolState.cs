using Byol.Models;
using Byol.Optim;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Method;

/// <summary>Everything that a step changes: both networks, the optimizer and the count of steps.</summary>
public sealed class ByolState : IDisposable
{
    private readonly Lazy<ByolTwin> _twin;

    /// <summary>Builds both networks around an encoder.</summary>
    /// <param name="encoder">Builds an encoder from a source of weights; called for the online and the target
    /// network, and once more for each where a step computes the views side by side; it must build the same again.</param>
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
        _twin = new Lazy<ByolTwin>(() =>
        {
            using var weights = new WeightSource(seed, device, type);
            return new ByolTwin(this, OnlineFrom(weights), TargetFrom(weights, Target));
        });

        OnlineNetwork OnlineFrom(WeightSource weights) =>
            new(encoder(weights), Projector(weights), method.Predictor ? PredictorHead(weights) : null);
        TargetNetwork TargetFrom(WeightSource weights, TargetNetwork? twin) => new(encoder(weights), Projector(weights), twin);
        MlpHead Projector(WeightSource weights) => Head(representationSize, method.ProjectorHidden, weights);
        MlpHead PredictorHead(WeightSource weights) => Head(method.ProjectionSize, method.PredictorHidden, weights);
        MlpHead Head(long inputs, long hidden, WeightSource weights) =>
            new(inputs, hidden, method.ProjectionSize, method.HeadOutputBias || hidden == 0, weights);
    }

    /// <summary>f_θ, g_θ, q_θ.</summary>
    public OnlineNetwork Online { get; }

    /// <summary>f_ξ, g_ξ.</summary>
    public TargetNetwork Target { get; }

    /// <summary>θ and its gradients.</summary>
    public FlatParameters Parameters { get; }

    /// <summary>The rule that moves θ.</summary>
    public IOptimizer Optimizer { get; }

    /// <summary>Both networks once more, for a second thread; made when first asked for.</summary>
    internal ByolTwin Twin => _twin.Value;

    /// <summary>k: optimizer steps taken.</summary>
    public long Step { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_twin.IsValueCreated) Twin.Dispose();
        Optimizer.Dispose();
        Parameters.Dispose();
        Online.Dispose();
        Target.Dispose();
    }
}
