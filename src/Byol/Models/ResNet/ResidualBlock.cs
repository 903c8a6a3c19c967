using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models.ResNet;

/// <summary>A branch of convolutions and a shortcut around it (He et al. 2016, figure 5): basic with two of 3x3, a bottleneck with
/// 1x1, 3x3 and 1x1.</summary>
internal sealed class ResidualBlock : Module<Tensor, Tensor>
{
    private readonly List<(Conv2d Convolution, BatchNorm Norm)> _branch = [];
    private readonly Shortcut? _downsample;

    public ResidualBlock(PlannedBlock plan, WeightSource weights) : base(nameof(ResidualBlock))
    {
        foreach (var (i, planned) in plan.Branch.Index())
        {
            var (convolution, norm) = (planned.Build(weights), new BatchNorm(planned.Out, weights));
            register_module($"conv{i + 1}", convolution);
            register_module($"bn{i + 1}", norm);
            _branch.Add((convolution, norm));
        }
        if (plan.Shortcut is { } shortcut) register_module("downsample", _downsample = new Shortcut(shortcut, weights));
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        using var projected = _downsample?.forward(x);
        var h = x;
        foreach (var (i, (convolution, norm)) in _branch.Index())
        {
            using var input = i > 0 ? h : null;     // x is the caller's
            using var convolved = convolution.forward(h);
            h = norm.Apply(convolved, residual: i < _branch.Count - 1 ? null : projected ?? x, rectify: true);
        }
        return h;
    }
}

/// <summary>The projection of a shortcut that changes size: 1x1 convolution and BatchNorm.</summary>
internal sealed class Shortcut : Module<Tensor, Tensor>
{
    private readonly Conv2d _conv;
    private readonly BatchNorm _bn;

    public Shortcut(PlannedConvolution plan, WeightSource weights) : base(nameof(Shortcut))
    {
        register_module("0", _conv = plan.Build(weights));
        register_module("1", _bn = new BatchNorm(plan.Out, weights));
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        using var c = _conv.forward(x);
        return _bn.forward(c);
    }
}
