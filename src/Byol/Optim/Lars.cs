using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Optim;

/// <summary>Layer-wise adaptive rate scaling (You et al. 2017) in the form of BYOL's authors.</summary>
/// <remarks>
/// For kernels and matrices u = g + λw is scaled by the trust ratio η‖w‖/‖u‖, or 1 where either norm is zero; biases and BatchNorm
/// weights take g as it is. Then v ← μv + u, w ← w − lr·v.
/// </remarks>
/// <param name="options">Momentum, weight decay, η and whether the ratio is clipped.</param>
/// <param name="parameters">What it moves.</param>
internal sealed class Lars(OptimizerOptions options, FlatParameters parameters) : IOptimizer
{
    private readonly List<ParameterSlice> _layers = [.. parameters.Slices.Where(s => !s.IsNormOrBias)];
    private readonly Tensor _velocity = zeros_like(parameters.Values).DetachFromDisposeScope();   // [P]

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> State => [("momentum", _velocity)];

    /// <inheritdoc/>
    public void Step(double learningRate)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        WeightDecay.AddTo(parameters, options);
        if (_layers.Count > 0) Scale(TrustRatios(learningRate));
        using Scalar momentum = options.Momentum, one = 1;
        _velocity.mul_(momentum).add_(parameters.Gradients, one);
        Descent.Along(parameters, options, learningRate, (part, down) => part(parameters.Values).add_(part(_velocity), down));
    }

    private void Scale(Tensor ratios)
    {
        foreach (var (i, layer) in _layers.Index())
        {
            using var update = FlatParameters.Window(parameters.Gradients, layer);
            using var ratio = ratios.select(0, i);
            update.mul_(ratio);
        }
    }

    // [L], of all layers at once, and they stay where they are: on a GPU nothing waits for them.
    private Tensor TrustRatios(double learningRate)
    {
        using Scalar eta = options.TrustCoefficient, zero = 0;
        var (w, u) = (Norms(parameters.Values), Norms(parameters.Gradients));
        var unit = ones_like(w);
        var ratio = where(w.gt(zero).logical_and(u.gt(zero)), w.mul(eta).div(u), unit);
        if (!options.TrustClip || learningRate == 0) return ratio;
        using Scalar perRate = 1 / learningRate;
        return ratio.mul(perRate).minimum(unit);
    }

    private Tensor Norms(Tensor buffer)
    {
        var norms = _layers.ConvertAll(layer =>
        {
            using var window = FlatParameters.Window(buffer, layer);
            return window.norm();
        });
        var all = stack(norms);
        norms.ForEach(n => n.Dispose());
        return all;
    }

    /// <inheritdoc/>
    public void Dispose() => _velocity.Dispose();
}
