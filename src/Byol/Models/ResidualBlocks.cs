using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models;

/// <summary>Two 3x3 convolutions and a shortcut (He et al. 2016, figure 5 left): ResNet-18 and -34.</summary>
internal sealed class BasicBlock : Module<Tensor, Tensor>
{
    private readonly Conv2d _conv1, _conv2;
    private readonly BatchNorm _bn1, _bn2;
    private readonly Shortcut? _downsample;

    public BasicBlock(long inChannels, long width, long stride, WeightSource weights) : base(nameof(BasicBlock))
    {
        register_module("conv1", _conv1 = new Conv2d(inChannels, width, 3, stride, weights));
        register_module("bn1", _bn1 = new BatchNorm(width, weights));
        register_module("conv2", _conv2 = new Conv2d(width, width, 3, 1, weights));
        register_module("bn2", _bn2 = new BatchNorm(width, weights));
        if (stride == 1 && inChannels == width) return;
        register_module("downsample", _downsample = new Shortcut(inChannels, width, stride, weights));
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        using var c1 = _conv1.forward(x);
        using var h1 = _bn1.forward(c1).relu_();
        using var c2 = _conv2.forward(h1);
        return Shortcut.Join(_bn2.forward(c2), x, _downsample);
    }
}

/// <summary>1x1, 3x3 (which carries the stride), 1x1 and a shortcut (He et al. 2016, figure 5 right): ResNet-50 and deeper.</summary>
internal sealed class Bottleneck : Module<Tensor, Tensor>
{
    public const long Expansion = 4;
    private readonly Conv2d _conv1, _conv2, _conv3;
    private readonly BatchNorm _bn1, _bn2, _bn3;
    private readonly Shortcut? _downsample;

    public Bottleneck(long inChannels, long width, long stride, WeightSource weights) : base(nameof(Bottleneck))
    {
        register_module("conv1", _conv1 = new Conv2d(inChannels, width, 1, 1, weights));
        register_module("bn1", _bn1 = new BatchNorm(width, weights));
        register_module("conv2", _conv2 = new Conv2d(width, width, 3, stride, weights));
        register_module("bn2", _bn2 = new BatchNorm(width, weights));
        register_module("conv3", _conv3 = new Conv2d(width, width * Expansion, 1, 1, weights));
        register_module("bn3", _bn3 = new BatchNorm(width * Expansion, weights));
        if (stride == 1 && inChannels == width * Expansion) return;
        register_module("downsample", _downsample = new Shortcut(inChannels, width * Expansion, stride, weights));
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        using var c1 = _conv1.forward(x);
        using var h1 = _bn1.forward(c1).relu_();
        using var c2 = _conv2.forward(h1);
        using var h2 = _bn2.forward(c2).relu_();
        using var c3 = _conv3.forward(h2);
        return Shortcut.Join(_bn3.forward(c3), x, _downsample);
    }
}

/// <summary>The projection of a shortcut that changes size: 1x1 convolution and BatchNorm.</summary>
internal sealed class Shortcut : Module<Tensor, Tensor>
{
    private readonly Conv2d _conv;
    private readonly BatchNorm _bn;

    public Shortcut(long inChannels, long outChannels, long stride, WeightSource weights) : base(nameof(Shortcut))
    {
        register_module("0", _conv = new Conv2d(inChannels, outChannels, 1, stride, weights));
        register_module("1", _bn = new BatchNorm(outChannels, weights));
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        using var c = _conv.forward(x);
        return _bn.forward(c);
    }

    /// <summary>The residual sum and the ReLU after it, in the branch's own memory.</summary>
    public static Tensor Join(Tensor branch, Tensor x, Shortcut? downsample)
    {
        using Scalar one = 1;
        using var projected = downsample?.forward(x);
        return branch.add_(projected ?? x, one).relu_();
    }
}
