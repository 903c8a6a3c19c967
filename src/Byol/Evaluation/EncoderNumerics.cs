using Byol.Models;
using Byol.Models.Numerics;
using Byol.Models.ResNet;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Evaluation;

/// <summary>Nothing is evaluated by a layer that this processor computes wrongly.</summary>
internal static class EncoderNumerics
{
    /// <summary>Checks the layers of a <see cref="ResNet"/>; of another network nothing is known.</summary>
    /// <exception cref="NumericsException">A layer is wrong, whatever way is taken.</exception>
    public static void Require(
        Module<Tensor, Tensor> encoder, int imageSize, int batch, Precision precision, Device device, bool withGradients = false)
    {
        if (encoder is not ResNet { Options: var options }) return;
        var shapes = NetworkShapes.Of(options, imageSize, batch, precision.ComputeType(device), withGradients);
        NumericsCheck.Require(shapes, device, withGradients);
    }
}
