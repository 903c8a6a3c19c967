using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models.Numerics;

/// <summary>The shape of a fully connected layer.</summary>
/// <param name="Batch">B, rows.</param>
/// <param name="In">Features that enter.</param>
/// <param name="Out">Features that leave.</param>
/// <param name="Type">What it is computed in.</param>
internal sealed record ProductShape(long Batch, long In, long Out, ScalarType Type) : ILayerShape
{
    /// <inheritdoc/>
    public double Cost => (double)Batch * In * Out;

    /// <inheritdoc/>
    public long Largest => Math.Max(Batch * Math.Max(In, Out), In * Out);

    /// <inheritdoc/>
    public ILayerShape Of(long batch) => this with { Batch = batch };

    /// <inheritdoc/>
    public double Deviation(bool withGradients)
    {
        using var grad = set_grad_enabled(withGradients);
        using var scope = NewDisposeScope();
        using var drawn = new Drawn();
        var x = drawn.Normal(1, Batch, In).to(Type);
        var w = drawn.Normal(1 / Math.Sqrt(In), Out, In).to(Type);
        if (withGradients) (x, w) = (x.requires_grad_(), w.requires_grad_());
        var y = functional.linear(x, w);                                                 // [B,O]

        var (x64, w64, y64) = (Exact(x), Exact(w), Exact(y));
        var (overOut, overIn) = (drawn.Signs(Out, 1), drawn.Signs(In, 1));
        var output = Drawn.Difference(x64.mm(w64.t().mm(overOut)), y64, overOut.t(), 1);    // [B,1]
        if (!withGradients) return output;

        var slopes = drawn.Normal(1, Batch, Out).to(Type);
        y.backward([slopes]);
        var slopes64 = Exact(slopes);
        var weights = Drawn.Difference(x64.t().mm(slopes64.mm(overOut)), Exact(w.grad!).t(), overOut.t(), 1);     // [I,1]
        var inputs = Drawn.Difference(slopes64.mm(w64.mm(overIn)), Exact(x.grad!), overIn.t(), 1);                // [B,1]
        return Math.Max(output, Math.Max(weights, inputs));
    }

    private static Tensor Exact(Tensor x) => x.detach().to(ScalarType.Float64);

    /// <inheritdoc/>
    public override string ToString() => $"a product of {Batch} rows, {In} to {Out} features, {Type}";
}
