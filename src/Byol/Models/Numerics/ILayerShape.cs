using static TorchSharp.torch;

namespace Byol.Models.Numerics;

/// <summary>All that decides by which code libtorch computes a layer; its text names it in messages.</summary>
internal interface ILayerShape
{
    /// <summary>Images, or rows.</summary>
    long Batch { get; }

    /// <summary>What it is computed in.</summary>
    ScalarType Type { get; }

    /// <summary>Multiply-adds of one forward pass, about.</summary>
    double Cost { get; }

    /// <summary>The most numbers that one of its tensors holds.</summary>
    long Largest { get; }

    /// <summary>The same layer for fewer images.</summary>
    ILayerShape Of(long batch);

    /// <summary>Computes the layer with drawn numbers, and again in fp64.</summary>
    /// <param name="withGradients">Whether the gradients of input and weights are compared too.</param>
    /// <returns>The largest difference, relative to the root mean square of what is right; infinity if something is not finite.</returns>
    double Deviation(bool withGradients);
}
