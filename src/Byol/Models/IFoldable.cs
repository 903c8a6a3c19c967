using static TorchSharp.torch;

namespace Byol.Models;

/// <summary>A network for inference alone.</summary>
internal interface IInferenceNetwork : IDisposable
{
    /// <summary>Images to representations, without gradient.</summary>
    /// <param name="x">[B,3,S,S], in the type that was asked for.</param>
    /// <returns>y, [B,D], in the input's type.</returns>
    Tensor Forward(Tensor x);
}

/// <summary>A network that has a faster form for inference.</summary>
internal interface IFoldable
{
    /// <summary>Makes it; the weights are copied.</summary>
    /// <param name="type">What to compute in: fp32 or bf16.</param>
    IInferenceNetwork Fold(ScalarType type);
}
