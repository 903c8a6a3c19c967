using static TorchSharp.torch;

namespace Byol.Models.Numerics;

/// <summary>The different layers of a network.</summary>
internal static class NetworkShapes
{
    /// <summary>Convolutions, and in training the BatchNorms behind them.</summary>
    /// <param name="encoder">The network.</param>
    /// <param name="imageSize">S, in pixels.</param>
    /// <param name="batch">B.</param>
    /// <param name="type">What it computes in.</param>
    /// <param name="withGradients">Whether it is trained.</param>
    public static IEnumerable<ILayerShape> Of(EncoderOptions encoder, long imageSize, long batch, ScalarType type, bool withGradients)
    {
        var layers = ResNetPlan.Of(encoder).At(imageSize).ToList();
        var convolutions = layers.Select(l => (ILayerShape)new ConvolutionShape(
            batch, l.Convolution.In, l.Convolution.Out, l.Convolution.Kernel, l.Convolution.Stride, l.Side, type));
        var norms = layers.Select(l => new NormShape(batch, l.Convolution.Out, l.Convolution.After(l.Side), type));
        return convolutions.Concat(withGradients && batch > 1 ? norms : []).Distinct();
    }
}
