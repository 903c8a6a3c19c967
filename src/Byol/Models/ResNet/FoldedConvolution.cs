using static TorchSharp.torch;

namespace Byol.Models.ResNet;

/// <summary>A convolution with the BatchNorm after it folded in, in fp64 and then rounded once.</summary>
internal sealed class FoldedConvolution : IDisposable
{
    private readonly Tensor _weight, _bias;   // [O,I,k,k] in channels-last memory, [O]
    private readonly long _stride;

    /// <param name="tensors">The network's parameters and buffers by name.</param>
    /// <param name="plan">Which convolution and BatchNorm.</param>
    /// <param name="type">The type to compute in.</param>
    public FoldedConvolution(IReadOnlyDictionary<string, Tensor> tensors, PlannedConvolution plan, ScalarType type)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var (weight, bias) = BatchNormFolding.Fold(tensors, plan.Name, plan.Norm);
        _weight = weight.to(type).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).DetachFromDisposeScope();
        _bias = bias.to(type).DetachFromDisposeScope();
        _stride = plan.Stride;
    }

    /// <summary>[B,I,s,s] to [B,O,s/stride,s/stride].</summary>
    public Tensor Apply(Tensor x) => Convolution.Apply(x, _weight, _bias, _stride);

    public void Dispose()
    {
        _weight.Dispose();
        _bias.Dispose();
    }
}
