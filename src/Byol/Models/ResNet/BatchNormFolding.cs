using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Models.ResNet;

/// <summary>A convolution and the BatchNorm after it as one convolution with a bias.</summary>
internal static class BatchNormFolding
{
    /// <summary>BN(Wx) = (γ/√(σ²+ε)) W x + β − μ γ/√(σ²+ε), in fp64.</summary>
    /// <param name="tensors">A network's parameters and buffers by name.</param>
    /// <param name="convolution">The convolution's name.</param>
    /// <param name="norm">The BatchNorm's name.</param>
    /// <returns>[O,I,k,k] and [O]; the caller's dispose scope owns them.</returns>
    public static (Tensor Weight, Tensor Bias) Fold(IReadOnlyDictionary<string, Tensor> tensors, string convolution, string norm)
    {
        using Scalar epsilon = BatchNorm.Epsilon, one = 1, minus = -1;
        var scale = Double($"{norm}.weight").div(Double($"{norm}.running_var").add(epsilon, one).sqrt());   // [O]
        return (Double($"{convolution}.weight").mul(scale.reshape(-1, 1, 1, 1)),
            Double($"{norm}.bias").add(Double($"{norm}.running_mean").mul(scale), minus));

        Tensor Double(string name) => tensors[name].to(ScalarType.Float64);
    }
}
