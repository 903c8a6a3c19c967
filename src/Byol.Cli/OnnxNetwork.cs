using Byol.Data.Views;
using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Cli;

/// <summary>An encoder that ONNX Runtime runs, where evaluation asks for a network. It normalizes inside: its input is
/// <see cref="Pixels"/>.</summary>
/// <param name="encoder">Disposed with this.</param>
internal sealed class OnnxNetwork(OnnxEncoder encoder) : Module<Tensor, Tensor>(nameof(OnnxNetwork))
{
    /// <summary>What a network's input is computed in: ONNX Runtime computes in fp32 whatever was asked for.</summary>
    public static Precision Input(Module<Tensor, Tensor> network, Precision asked) => network is OnnxNetwork ? Precision.Float32 : asked;

    /// <summary>Views whose pixels stay between 0 and 1.</summary>
    public static ViewOptions Pixels(ViewOptions views) =>
        views with { Mean = new Channels(0, 0, 0), StandardDeviation = new Channels(1, 1, 1) };

    /// <summary>[B,3,S,S] of 0 to 1 to [B,D] fp32.</summary>
    public override Tensor forward(Tensor x)
    {
        var count = (int)x.shape[0];
        using var rows = x.permute(0, 2, 3, 1).to(ScalarType.Float32, CPU).contiguous();   // [B,S,S,3]
        var embeddings = new float[count * encoder.Dimension];
        encoder.Encode(rows.data<float>().ToArray(), count, embeddings);
        return tensor(embeddings, [count, encoder.Dimension]);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) encoder.Dispose();
        base.Dispose(disposing);
    }
}
