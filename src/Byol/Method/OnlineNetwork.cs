using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Method;

/// <summary>The online network: encoder f_θ, projector g_θ, predictor q_θ. Only this network is trained.</summary>
public sealed class OnlineNetwork : Module
{
    /// <summary>Combines the three.</summary>
    /// <param name="encoder">f: [B,3,S,S] to [B,D].</param>
    /// <param name="projector">g: [B,D] to [B,d].</param>
    /// <param name="predictor">q: [B,d] to [B,d], or null to train without one.</param>
    internal OnlineNetwork(Module<Tensor, Tensor> encoder, MlpHead projector, MlpHead? predictor) : base(nameof(OnlineNetwork))
    {
        register_module("encoder", Encoder = encoder);
        register_module("projector", Projector = projector);
        if (predictor is not null) register_module("predictor", Predictor = predictor);
    }

    /// <summary>f_θ, the result of training.</summary>
    public Module<Tensor, Tensor> Encoder { get; }

    /// <summary>g_θ.</summary>
    internal MlpHead Projector { get; }

    /// <summary>q_θ.</summary>
    internal MlpHead? Predictor { get; }

    /// <summary>The online prediction of a view.</summary>
    /// <param name="view">v, [B,3,S,S].</param>
    /// <returns>q_θ(z_θ), [B,d].</returns>
    internal Tensor Predict(Tensor view)
    {
        using var scope = NewDisposeScope();
        return Outputs(view).Q.MoveToOuterDisposeScope();
    }

    /// <summary>All that the network makes of a view; the caller's dispose scope owns it.</summary>
    /// <param name="view">v, [B,3,S,S].</param>
    /// <returns>q_θ(z_θ) and z_θ, [B,d], the same tensor without a predictor; and y_θ, [B,D], detached from the graph, so that no gradient
    /// from it reaches θ.</returns>
    internal (Tensor Q, Tensor Z, Tensor Y) Outputs(Tensor view)
    {
        using var y = Encoder.forward(view);                                   // [B,D]
        var z = Projector.forward(y);                                          // [B,d]
        return (Predictor is null ? z : Predictor.forward(z), z, y.detach());
    }
}
