using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models.ResNet;

/// <summary>A <see cref="ResNet"/> for inference alone: BatchNorms are folded into the convolutions before them, weights are cast once, and
/// what a block adds or cuts off is written over its own output. The function is that of the network in evaluation mode.</summary>
internal sealed class FoldedResNet : IInferenceNetwork
{
    private readonly FoldedConvolution _stem;
    private readonly bool _pools;
    private readonly SpatialPooling _pooling;
    private readonly List<Block> _blocks;

    // Convolutions of the branch, the last without ReLU; the projection of the shortcut if there is one.
    private sealed record Block(IReadOnlyList<FoldedConvolution> Branch, FoldedConvolution? Shortcut);

    /// <param name="network">Is copied from, and not needed afterwards.</param>
    /// <param name="type">What to compute in: fp32 or bf16.</param>
    public FoldedResNet(ResNet network, ScalarType type)
    {
        using var scope = NewDisposeScope();   // of the wrappers that naming makes
        var tensors = network.named_parameters().Select(p => (p.name, value: (Tensor)p.parameter))
            .Concat(network.named_buffers().Select(b => (b.name, value: b.buffer))).ToDictionary(t => t.name, t => t.value);
        var plan = network.Plan;
        (_pools, _pooling) = (plan.Pools, plan.Pooling);
        _stem = Fold(plan.Stem);
        _blocks = [.. plan.Blocks.Select(b => new Block([.. b.Branch.Select(Fold)], b.Shortcut is { } shortcut ? Fold(shortcut) : null))];

        FoldedConvolution Fold(PlannedConvolution convolution) => new(tensors, convolution, type);
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        using var _ = no_grad();
        var h = Enter(x);                       // [B,64w,s,s]
        foreach (var block in _blocks)
        {
            using var input = h;
            h = Apply(block, input);
        }
        using var last = h;                     // [B,D,s/8,s/8]
        return _pooling.Apply(last);            // [B,D]
    }

    private Tensor Enter(Tensor x)
    {
        var h = _stem.Apply(x).relu_();
        if (!_pools) return h;
        using var unpooled = h;
        return functional.max_pool2d(unpooled, kernel_size: 3, stride: 2, padding: 1);
    }

    private static Tensor Apply(Block block, Tensor x)
    {
        using Scalar one = 1;
        var h = block.Branch[0].Apply(x);
        foreach (var convolution in block.Branch.Skip(1))
        {
            using var input = h.relu_();
            h = convolution.Apply(input);
        }
        using var projected = block.Shortcut?.Apply(x);
        return h.add_(projected ?? x, one).relu_();
    }

    public void Dispose()
    {
        _stem.Dispose();
        foreach (var convolution in _blocks.SelectMany(b => b.Shortcut is null ? b.Branch : b.Branch.Append(b.Shortcut)))
            convolution.Dispose();
    }
}
