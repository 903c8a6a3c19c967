using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Models.ResNet;

/// <summary>Gives BatchNorms back to a network whose own were folded into its convolutions. What a convolution makes of images is measured,
/// channel by channel; its BatchNorm then takes away mean and spread as they were measured, and scale and shift put them back. So the
/// function is what it was, and also hardly another where BatchNorm takes the statistics of a batch, as in training.</summary>
/// <remarks>Folding also multiplied each filter by the scale of its BatchNorm: in ML.NET's ResNet-18 by 0.3 to 11. Behind a BatchNorm the
/// length of a filter changes nothing but how fast it learns, in inverse proportion to its square; so each is brought to the length that
/// filters are drawn with (He et al. 2015). In that network those of 3x3 have 0.6 to 1.0 of it once trained.</remarks>
internal sealed class FoldedNorms
{
    private const double LeastLength = 1e-12;

    private readonly ResNetPlan _plan;
    private readonly Dictionary<string, Tensor> _tensors;
    private readonly Dictionary<string, (Tensor Sum, Tensor Squares)> _moments = [];     // [O] each, fp64
    private readonly Dictionary<string, long> _counts = [];

    /// <param name="network">Its BatchNorms have mean 0, variance 1, and the scale that undoes them; changed in <see
    /// cref="Rebuild"/>.</param>
    public FoldedNorms(ResNet network)
    {
        _plan = network.Plan;
        _tensors = network.named_parameters().Select(p => (p.name, value: (Tensor)p.parameter))
            .Concat(network.named_buffers().Select(b => (b.name, value: b.buffer))).ToDictionary(t => t.name, t => t.value);
    }

    /// <summary>Measures on some images.</summary>
    /// <param name="x">[B,3,S,S], normalized.</param>
    public void Observe(Tensor x)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using Scalar one = 1;
        var h = Convolve(x, _plan.Stem).relu_();
        if (_plan.Pools) h = nn.functional.max_pool2d(h, kernel_size: 3, stride: 2, padding: 1);
        foreach (var block in _plan.Blocks)
        {
            var input = h;
            foreach (var (i, convolution) in block.Branch.Index()) h = Convolve(i == 0 ? h : h.relu_(), convolution);
            h = h.add(block.Shortcut is { } shortcut ? Convolve(input, shortcut) : input, one).relu_();
        }
    }

    /// <summary>Puts what was measured into the network.</summary>
    public void Rebuild()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using Scalar epsilon = BatchNorm.Epsilon, one = 1, minus = -1, none = 0, least = LeastLength;
        foreach (var convolution in _plan.Convolutions)
        {
            var (sum, squares) = _moments[convolution.Name];
            using Scalar share = 1.0 / _counts[convolution.Name], usual = Math.Sqrt(2.0 * convolution.In / convolution.Out);
            var mean = sum.mul(share);                                                              // [O]
            var variance = squares.mul(share).add(mean.mul(mean), minus).clamp_min(none);
            var weight = _tensors[$"{convolution.Name}.weight"];
            var length = weight.to(ScalarType.Float64).flatten(1).norm(1);
            var factor = length.clamp_min(least).reciprocal().mul(usual);
            weight.mul_(factor.to(weight.dtype).reshape(-1, 1, 1, 1));
            var spread = variance.mul(factor).mul(factor);
            Set("running_mean", mean.mul(factor));
            Set("running_var", spread);
            Set("weight", spread.add(epsilon, one).sqrt().div(factor));
            Set("bias", _tensors[$"{convolution.Norm}.bias"].to(ScalarType.Float64).add(mean, one));
            sum.Dispose();
            squares.Dispose();

            void Set(string name, Tensor value) => _tensors[$"{convolution.Norm}.{name}"].copy_(value);
        }
    }

    // Before and behind the BatchNorm, which only adds its shift.
    private Tensor Convolve(Tensor x, PlannedConvolution plan)
    {
        using Scalar one = 1;
        var made = Convolution.Apply(x, _tensors[$"{plan.Name}.weight"], null, plan.Stride);        // [B,O,s,s]
        var values = made.to(ScalarType.Float64).permute(1, 0, 2, 3).reshape(plan.Out, -1);        // [O,B·s·s]
        var (sum, squares) = (values.sum(1), values.mul(values).sum(1));
        if (_moments.TryGetValue(plan.Name, out var before))
        {
            before.Sum.add_(sum, one);
            before.Squares.add_(squares, one);
        }
        else _moments[plan.Name] = (sum.DetachFromDisposeScope(), squares.DetachFromDisposeScope());
        _counts[plan.Name] = _counts.GetValueOrDefault(plan.Name) + values.shape[1];
        return made.add(_tensors[$"{plan.Norm}.bias"].reshape(1, -1, 1, 1), one);
    }
}
