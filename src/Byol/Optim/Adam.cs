using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Optim;

/// <summary>Adam (Kingma and Ba 2015) with β 0.9 and 0.999, ε 1e-8; as AdamW the weights decay apart from the gradient.</summary>
/// <param name="options">Kind and weight decay.</param>
/// <param name="parameters">What it moves.</param>
internal sealed class Adam(OptimizerOptions options, FlatParameters parameters) : IOptimizer
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;
    private readonly Tensor _mean = zeros_like(parameters.Values).DetachFromDisposeScope();     // [P]
    private readonly Tensor _square = zeros_like(parameters.Values).DetachFromDisposeScope();   // [P]
    private readonly Tensor _steps = zeros(1, ScalarType.Int64).DetachFromDisposeScope();       // [1]

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> State => [("mean", _mean), ("square", _square), ("steps", _steps)];

    /// <inheritdoc/>
    public void Step(double learningRate)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var step = ++_steps.data<long>()[0];

        if (options.Kind == OptimizerKind.AdamW) DecayWeights(learningRate);
        else WeightDecay.AddTo(parameters, options);

        var g = parameters.Gradients;
        using Scalar beta1 = Beta1, rest1 = 1 - Beta1, beta2 = Beta2, rest2 = 1 - Beta2, one = 1, epsilon = Epsilon;
        using Scalar unbias = 1 / Math.Sqrt(1 - Math.Pow(Beta2, step));
        _mean.mul_(beta1).add_(g, rest1);
        _square.mul_(beta2).addcmul_(g, g, rest2);
        var root = _square.sqrt().mul_(unbias).add_(epsilon, one);
        Descent.Along(parameters, options, learningRate / (1 - Math.Pow(Beta1, step)),
            (part, down) => part(parameters.Values).addcdiv_(part(_mean), part(root), down));
    }

    private void DecayWeights(double learningRate)
    {
        foreach (var slice in parameters.Slices.Where(options.Decays))
        {
            using Scalar keep = 1 - learningRate * options.WeightDecay * options.ScaleOf(slice);
            FlatParameters.Window(parameters.Values, slice).mul_(keep);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mean.Dispose();
        _square.Dispose();
        _steps.Dispose();
    }
}
