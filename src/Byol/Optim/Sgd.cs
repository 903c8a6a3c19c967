using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Optim;

/// <summary>Stochastic gradient descent with momentum: v ← μv + g + λw, w ← w − lr·v (PyTorch's form); with Nesterov's look-ahead
/// w ← w − lr·(g + λw + μv).</summary>
/// <param name="options">Momentum, its form, and weight decay.</param>
/// <param name="parameters">What it moves.</param>
internal sealed class Sgd(OptimizerOptions options, FlatParameters parameters) : IOptimizer
{
    private readonly Tensor _velocity = zeros_like(parameters.Values).DetachFromDisposeScope();   // [P]

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> State => [("momentum", _velocity)];

    /// <inheritdoc/>
    public void Step(double learningRate)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        WeightDecay.AddTo(parameters, options);
        using Scalar momentum = options.Momentum, one = 1;
        _velocity.mul_(momentum).add_(parameters.Gradients, one);
        var update = options.Nesterov ? parameters.Gradients.add_(_velocity, momentum) : _velocity;
        Descent.Along(parameters, options, learningRate, (part, down) => part(parameters.Values).add_(part(update), down));
    }

    /// <inheritdoc/>
    public void Dispose() => _velocity.Dispose();
}
