using Byol.Models.Numerics;
using static TorchSharp.torch;

namespace Byol.Models.ResNet;

/// <summary>The different layers of a residual network.</summary>
internal static class ResNetLayers
{
    /// <summary>Convolutions, and in training the BatchNorms behind them.</summary>
    /// <param name="plan">The network.</param>
    /// <param name="imageSize">S, in pixels.</param>
    /// <param name="batch">B.</param>
    /// <param name="type">The type to compute in.</param>
    /// <param name="withGradients">Whether it is trained.</param>
    public static IEnumerable<ILayerShape> Of(ResNetPlan plan, long imageSize, long batch, ScalarType type, bool withGradients)
    {
        var layers = plan.At(imageSize).ToList();
        var convolutions = layers.Select(l => (ILayerShape)new ConvolutionShape(
            batch, l.Convolution.In, l.Convolution.Out, l.Convolution.Kernel, l.Convolution.Stride, l.Side, type));
        var norms = layers.Select(l => new NormShape(batch, l.Convolution.Out, l.Convolution.After(l.Side), type))
            .Where(n => n.IsComparable);
        return convolutions.Concat(withGradients ? norms : []).Distinct();
    }
}
