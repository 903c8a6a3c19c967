using Byol.Models.Normalization;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models.Numerics;

/// <summary>The shape of a BatchNorm in training mode.</summary>
/// <param name="Batch">B, images, at least 2.</param>
/// <param name="Channels">C.</param>
/// <param name="Side">Pixels of a side.</param>
/// <param name="Type">What it is computed in.</param>
internal sealed record NormShape(long Batch, long Channels, long Side, ScalarType Type) : ILayerShape
{
    // Among fewer numbers the gradient is next to nothing, and all of it rounding.
    private const long FewestNumbers = 16;

    /// <summary>Whether a channel has enough numbers to be compared.</summary>
    public bool IsComparable => Batch > 1 && Batch * Side * Side >= FewestNumbers;

    /// <inheritdoc/>
    public double Cost => 20.0 * Largest;      // as much time, about

    /// <inheritdoc/>
    public long Largest => Batch * Side * Side * Channels;

    /// <inheritdoc/>
    public ILayerShape Of(long batch) =>
        this with { Batch = Math.Min(Batch, Math.Max(Math.Max(2, batch), (FewestNumbers + Side * Side - 1) / (Side * Side))) };

    /// <inheritdoc/>
    /// <remarks>The first and the last channel, and one in the middle, are compared.</remarks>
    public double Deviation(bool withGradients)
    {
        using var grad = set_grad_enabled(withGradients);
        using var scope = NewDisposeScope();
        using var drawn = new Drawn();
        using var some = tensor(new[] { 0, Channels / 2, Channels - 1 });
        var x = drawn.Normal(2, Batch, Side, Side, Channels).to(Type).permute(0, 3, 1, 2);        // [B,C,S,S]
        var (weight, bias) = (drawn.Normal(1, Channels), drawn.Normal(1, Channels));
        var exact = x.index_select(1, some).to(ScalarType.Float64);                               // [B,3,S,S]
        var (weight64, bias64) = (weight.index_select(0, some).to(ScalarType.Float64), bias.index_select(0, some).to(ScalarType.Float64));
        if (withGradients) foreach (var leaf in (Tensor[])[x, weight, bias, exact, weight64, bias64]) leaf.requires_grad_();
        var y = BatchNorm.Apply(
            x, residual: null, rectify: false, ofBatch: true, NormState.New(weight, bias, zeros_like(weight), ones_like(weight)));
        var right = Normalize(exact, weight64, bias64);
        var output = Drawn.Difference(right, Some(y, 1));
        if (!withGradients) return output;

        var slopes = drawn.Normal(1, Batch, Side, Side, Channels).to(Type).permute(0, 3, 1, 2);
        y.backward([slopes]);
        right.backward([Some(slopes, 1)]);
        return ((double[])
        [
            output, Drawn.Difference(exact.grad!, Some(x.grad!, 1)), Drawn.Difference(weight64.grad!, Some(weight.grad!, 0)),
            Drawn.Difference(bias64.grad!, Some(bias.grad!, 0)),
        ]).Max();

        Tensor Some(Tensor of, long dimension) => of.detach().index_select(dimension, some).to(ScalarType.Float64);
    }

    private static Tensor Normalize(Tensor x, Tensor weight, Tensor bias) =>
        functional.batch_norm(x, zeros_like(weight), ones_like(weight), weight, bias, training: true, BatchNorm.UsualMomentum, BatchNorm.Epsilon);

    /// <inheritdoc/>
    public override string ToString() => $"a BatchNorm of {Channels} channels, {Batch} images of {Side} px, {Type}";
}
