using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models;

/// <summary>The multi-layer perceptron that is both projector g and predictor q:
/// linear, BatchNorm, ReLU, linear (BYOL, section 3.2).</summary>
/// <remarks>Parameters are named 0, 1 and 3 as in a PyTorch <c>Sequential</c> of the four.
/// With no hidden layer it is one linear layer.</remarks>
internal sealed class MlpHead : Module<Tensor, Tensor>
{
    private readonly Linear _first;
    private readonly BatchNorm? _norm;
    private readonly Linear? _last;

    /// <summary>Builds the head with freshly drawn weights.</summary>
    /// <param name="inFeatures">Size of what comes in.</param>
    /// <param name="hidden">Size of the hidden layer, 4096 in the paper; 0 for a single linear layer.</param>
    /// <param name="outFeatures">Size of what goes out, 256 in the paper.</param>
    /// <param name="outputBias">Whether the last layer has a bias; the paper's has none.</param>
    /// <param name="weights">Draws the weights.</param>
    public MlpHead(long inFeatures, long hidden, long outFeatures, bool outputBias, WeightSource weights) : base(nameof(MlpHead))
    {
        Dimension = outFeatures;
        if (hidden == 0)
        {
            register_module("0", _first = new Linear(inFeatures, outFeatures, outputBias, weights));
            return;
        }
        register_module("0", _first = new Linear(inFeatures, hidden, bias: true, weights));
        register_module("1", _norm = new BatchNorm(hidden, weights));
        register_module("3", _last = new Linear(hidden, outFeatures, outputBias, weights));
    }

    /// <summary>Size of what goes out.</summary>
    internal long Dimension { get; }

    /// <summary>Applies the head.</summary>
    /// <param name="x">[B,in].</param>
    /// <returns>[B,out], in the input's type.</returns>
    public override Tensor forward(Tensor x)
    {
        var h = _first.forward(x);              // [B,hidden]
        if (_norm is null || _last is null) return h;
        using var linear = h;
        using var normalized = _norm.Apply(linear, residual: null, rectify: true);
        return _last.forward(normalized);       // [B,out]
    }
}
