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
        foreach (var (offset, length, decays) in parameters.Parts(options.Decays))
        {
            if (!decays) continue;
            using var gradients = parameters.Gradients.narrow(0, offset, length);
            using var values = parameters.Values.narrow(0, offset, length);
            gradients.add_(values, lambda);
        }
    }
}
