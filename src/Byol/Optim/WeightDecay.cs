using TorchSharp;

namespace Byol.Optim;

/// <summary>Decay of the weights by way of the gradient: g ← g + λw.</summary>
internal static class WeightDecay
{
    /// <summary>Adds the decay to the gradients of every parameter that decays.</summary>
    public static void AddTo(FlatParameters parameters, OptimizerOptions options)
    {
        if (options.WeightDecay == 0) return;
        using Scalar lambda = options.WeightDecay;
        foreach (var slice in parameters.Slices)
        {
            if (slice.IsNormOrBias && !options.DecayNormsAndBiases) continue;
            var gradient = FlatParameters.Window(parameters.Gradients, slice);
            gradient.add_(FlatParameters.Window(parameters.Values, slice), lambda);
        }
    }
}
