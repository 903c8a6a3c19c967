using Byol.Interop;
using Byol.Models;
using Byol.Optim;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Method;

/// <summary>The target network: f_ξ and g_ξ, a moving average of the online network's. It receives no gradient.</summary>
/// <remarks>Its BatchNorm runs in training mode; its running statistics are its own, from its own forward passes.</remarks>
internal sealed class TargetNetwork : Module
{
    private readonly FlatParameters _flat;

    /// <summary>Puts the two together; their parameters move into one buffer and stop requiring gradients.</summary>
    /// <param name="encoder">f: [B,3,S,S] to [B,D].</param>
    /// <param name="projector">g: [B,D] to [B,d].</param>
    internal TargetNetwork(Module<Tensor, Tensor> encoder, MlpHead projector) : this(encoder, projector, null)
    {
    }

    /// <summary>Puts together a network that has another's weights.</summary>
    /// <param name="encoder">f, as the other's.</param>
    /// <param name="projector">g, as the other's.</param>
    /// <param name="shared">The other; null for weights of its own.</param>
    internal TargetNetwork(Module<Tensor, Tensor> encoder, MlpHead projector, TargetNetwork? shared) : base(nameof(TargetNetwork))
    {
        register_module("encoder", Encoder = encoder);
        register_module("projector", Projector = projector);
        _flat = new FlatParameters(named_parameters(), trained: false, shared?._flat);
    }

    /// <summary>f_ξ.</summary>
    public Module<Tensor, Tensor> Encoder { get; }

    /// <summary>g_ξ.</summary>
    internal MlpHead Projector { get; }

    /// <summary>ξ, [P'] fp32.</summary>
    internal Tensor Values => _flat.Values;

    /// <summary>The target projection of a view, without gradient.</summary>
    /// <param name="view">v, [B,3,S,S].</param>
    /// <returns>z'_ξ, [B,d].</returns>
    public Tensor Project(Tensor view)
    {
        using var _ = no_grad();
        using var y = Encoder.forward(view);      // [B,D]
        return Projector.forward(y);              // [B,d]
    }

    /// <summary>Makes ξ equal to the online network's f and g.</summary>
    /// <param name="online">θ, whose first elements are f and g in this network's order.</param>
    internal void CopyFrom(FlatParameters online)
    {
        using var _ = no_grad();
        using var shared = online.Values.narrow(0, 0, Values.numel());
        Values.copy_(shared);
    }

    /// <summary>ξ ← τξ + (1−τ)θ (BYOL, eq. 1).</summary>
    /// <param name="online">θ, whose first elements are f and g in this network's order.</param>
    /// <param name="tau">τ, 0 to 1.</param>
    internal void Update(FlatParameters online, double tau)
    {
        using var part = OperationClock.Part(nameof(TargetNetwork));
        using var _ = no_grad();
        using Scalar keep = tau, take = 1 - tau;
        using var shared = online.Values.narrow(0, 0, Values.numel());
        Values.mul_(keep).add_(shared, take);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _flat.Dispose();
        base.Dispose(disposing);
    }
}
