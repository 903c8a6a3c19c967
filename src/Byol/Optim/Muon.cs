using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Optim;

/// <summary>Muon (Jordan et al. 2024): momentum in which all directions of a matrix are made equally long. Here a step turns a matrix
/// by a share of its norm, and the norm stays.</summary>
/// <remarks>
/// v ← μv + g and, with Nesterov's look-ahead, u = g + μv, otherwise u = v, as with SGD. For a kernel [o, i·h·w] or a matrix O is the
/// orthogonal factor of u (<see cref="Orthogonal"/>); w ← w − lr·‖w‖·O/‖O‖, scaled back to the norm that w had. In BYOL each matrix is
/// followed by a normalization: its norm has no effect but on how far a step turns it, and that is what lr says. So weights do not
/// decay. Biases and BatchNorm weights are as with SGD, at the same lr.
/// </remarks>
internal sealed class Muon : IOptimizer
{
    private readonly OptimizerOptions _options;
    private readonly FlatParameters _parameters;
    private readonly ScalarType _products;
    private readonly Action<Action, Action> _both;
    private readonly List<ParameterSlice> _first = [], _second = [];   // of about equal cost
    private readonly Tensor _velocity;                                 // [P]

    /// <summary>Begins without momentum.</summary>
    /// <param name="options">Momentum, its form, and the decay of biases and BatchNorm weights.</param>
    /// <param name="parameters">What it moves.</param>
    /// <param name="products">The type that matrix products are computed in.</param>
    /// <param name="both">Does two parts, perhaps at the same time.</param>
    /// <exception cref="ArgumentException">A matrix is zero, which has no norm to take a share of.</exception>
    public Muon(OptimizerOptions options, FlatParameters parameters, ScalarType products, Action<Action, Action> both)
    {
        (_options, _parameters, _products, _both) = (options, parameters, products, both);
        RequireNorms();
        Share();
        _velocity = zeros_like(parameters.Values).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> State => [("momentum", _velocity)];

    /// <inheritdoc/>
    public void Step(double learningRate)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        WeightDecay.AddTo(_parameters, _options);
        using Scalar momentum = _options.Momentum, one = 1;
        _velocity.mul_(momentum).add_(_parameters.Gradients, one);
        var update = _options.Nesterov ? _parameters.Gradients.add_(_velocity, momentum) : _velocity;
        _both(() => Move(_first, update, learningRate), () => Move(_second, update, learningRate));
    }

    private void Move(List<ParameterSlice> slices, Tensor update, double learningRate)
    {
        using var _ = no_grad();
        foreach (var slice in slices)
        {
            using var scope = NewDisposeScope();
            using Scalar down = -learningRate * _options.ScaleOf(slice);
            var (w, u) = (FlatParameters.Window(_parameters.Values, slice), FlatParameters.Window(update, slice));
            if (slice.IsNormOrBias) w.add_(u, down);
            else Turn(w, Orthogonal.Of(u.view(slice.Rows, -1), _products).view(-1), down);
        }
    }

    private void RequireNorms()
    {
        foreach (var slice in _parameters.Slices.Where(s => !s.IsNormOrBias))
        {
            using var scope = NewDisposeScope();
            if (FlatParameters.Window(_parameters.Values, slice).any().cpu().data<bool>()[0]) continue;
            throw new ArgumentException(
                $"All weights of {slice.Name} are 0, and Muon moves weights by a share of their norm; draw them at random, or set "
                + "optimizer.kind = \"sgd\".");
        }
    }

    // The costliest first, each to the part that has less.
    private void Share()
    {
        var ahead = 0.0;   // the first part
        foreach (var slice in _parameters.Slices.OrderByDescending(Cost))
        {
            var toFirst = ahead <= 0;
            (toFirst ? _first : _second).Add(slice);
            ahead += toFirst ? Cost(slice) : -Cost(slice);
        }
    }

    private static double Cost(ParameterSlice slice) =>
        slice.IsNormOrBias ? slice.Length : Orthogonal.Cost(slice.Rows, slice.Length / slice.Rows);

    // Norms stay tensors: on a GPU nothing waits for them.
    private static void Turn(Tensor weights, Tensor direction, Scalar down)
    {
        using Scalar tiny = 1e-12;
        var norm = weights.norm();
        weights.add_(direction.mul_(norm.div(direction.norm().clamp_min_(tiny))), down);
        weights.mul_(norm.div_(weights.norm()));
    }

    /// <inheritdoc/>
    public void Dispose() => _velocity.Dispose();
}
