using Byol.Data.Views;
using Byol.Encoders;
using Byol.Models;
using Byol.Models.ResNet;
using static TorchSharp.torch;

namespace Byol.Tests;

/// <summary>What residual networks were built from, found again in their plans.</summary>
internal static class Networks
{
    public static ResNetOptions Options(this nn.Module<Tensor, Tensor> network)
    {
        var plan = ((ResNet)network).Plan;
        var stem = (plan.Stem.Kernel, plan.Stem.Stride) switch { (7, _) => Stem.ImageNet, (_, 2) => Stem.SmallStride2, _ => Stem.Small };
        var isBottleneck = plan.Blocks.First().Branch.Count == 3;
        return ResNetOptions.WithBlocks([.. plan.Stages.Select(s => s.Count)], isBottleneck, plan.Stem.Out / 64.0, stem) with { Pooling = plan.Pooling };
    }

    public static ResNetOptions AsResNet(this EncoderOptions options) => (ResNetOptions)options;

    /// <summary>A network as evaluation takes it; it stays its owner's.</summary>
    public static ModuleEncoder AsEncoder(
        this nn.Module<Tensor, Tensor> network, ViewOptions views, Precision precision = Precision.Float32) =>
        new("the encoder", network, network.Described(Preprocessing.Of(views)), precision, CPU, leaveOpen: true);

    /// <summary>What a file says of a network.</summary>
    public static EncoderDescription Described(this nn.Module<Tensor, Tensor> network, Preprocessing preprocessing) =>
        new(network.Options(), preprocessing);
}
