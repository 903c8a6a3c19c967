using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models.Numerics;

/// <summary>The shape of a convolution.</summary>
/// <param name="Batch">B, images.</param>
/// <param name="In">Channels that enter.</param>
/// <param name="Out">Channels that leave.</param>
/// <param name="Kernel">k, the odd kernel side.</param>
/// <param name="Stride">1 or 2.</param>
/// <param name="Side">Pixels of a side that enters.</param>
/// <param name="Type">What it is computed in.</param>
internal sealed record ConvolutionShape(long Batch, long In, long Out, int Kernel, int Stride, long Side, ScalarType Type) : ILayerShape
{
    private long OutSide => (Side + Stride - 1) / Stride;

    /// <inheritdoc/>
    public double Cost => (double)Batch * OutSide * OutSide * In * Out * Kernel * Kernel;

    /// <inheritdoc/>
    public long Largest => Math.Max(Batch * Math.Max(Side * Side * In, OutSide * OutSide * Out), In * Out * Kernel * Kernel);

    /// <inheritdoc/>
    public ILayerShape Of(long batch) => this with { Batch = batch };

    /// <inheritdoc/>
    /// <remarks>The first and the last image are compared, and only they have a gradient.</remarks>
    public double Deviation(bool withGradients) => Deviation(withGradients, (x, w) => Convolution.Apply(x, w, null, Stride));

    /// <param name="withGradients">Whether the gradients are compared too.</param>
    /// <param name="convolve">What is checked: images and weights to images.</param>
    internal double Deviation(bool withGradients, Func<Tensor, Tensor, Tensor> convolve)
    {
        using var grad = set_grad_enabled(withGradients);
        using var scope = NewDisposeScope();
        using var drawn = new Drawn();
        using var ends = tensor(Batch == 1 ? new long[] { 0 } : [0, Batch - 1]);
        var factors = linspace(1, 2, Batch, ScalarType.Float32).reshape(Batch, 1, 1, 1);     // no two images are equal
        var x = ChannelsFirst(drawn.Normal(1, 1, Side, Side, In).mul(factors).to(Type));               // [B,I,S,S]
        var w = ChannelsFirst(drawn.Normal(1 / Math.Sqrt(In * Kernel * Kernel), Out, Kernel, Kernel, In).to(Type));   // [O,I,k,k]
        if (withGradients) (x, w) = (x.requires_grad_(), w.requires_grad_());
        var y = convolve(x, w);                                                              // [B,O,s,s]

        var (x64, w64) = (At(x, ends), w.detach().to(ScalarType.Float64));
        var (overOut, overIn) = (drawn.Signs(1, Out, 1, 1), drawn.Signs(1, In, 1, 1));
        var summed = w64.mul(overOut.transpose(0, 1)).sum(0, keepdim: true).requires_grad_(withGradients);   // [1,I,k,k]
        var right = Convolve(x64, summed);                                                                   // [e,1,s,s]
        var output = Drawn.Difference(right, At(y, ends), overOut, 1);
        if (!withGradients) return output;

        var slopes = ChannelsFirst(drawn.Normal(1, ends.shape[0], OutSide, OutSide, Out).to(Type));          // [e,O,s,s]
        var slopes64 = slopes.to(ScalarType.Float64);
        y.backward([zeros_like(y).index_copy_(0, ends, slopes)]);
        right.backward([slopes64.mul(overOut).sum(1, keepdim: true)]);
        var weights = Drawn.Difference(summed.grad!, w.grad!.to(ScalarType.Float64), overOut.transpose(0, 1), 0);

        var input = zeros(ends.shape[0], 1, Side, Side, ScalarType.Float64).requires_grad_();
        Convolve(input, w64.mul(overIn).sum(1, keepdim: true)).backward([slopes64]);
        var inputs = Drawn.Difference(input.grad!, At(x.grad!, ends), overIn, 1);
        return Math.Max(output, Math.Max(weights, inputs));
    }

    private Tensor Convolve(Tensor x, Tensor w) => functional.conv2d(x, w, null, [Stride, Stride], [Kernel / 2, Kernel / 2]);

    private static Tensor At(Tensor images, Tensor indices) => images.detach().index_select(0, indices).to(ScalarType.Float64);

    private static Tensor ChannelsFirst(Tensor x) => x.permute(0, 3, 1, 2);

    /// <inheritdoc/>
    public override string ToString() =>
        $"a {Kernel}x{Kernel} convolution of {In} to {Out} channels{(Stride == 1 ? "" : $" at stride {Stride}")}, "
            + $"{Batch} images of {Side} px, {Type}";
}
