using Byol.Models;
using Byol.Optim;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Method;

/// <summary>Both networks once more, so that the second view of a batch can be computed beside the first: the weights are the same memory,
/// the gradients and BatchNorm's statistics are not.</summary>
internal sealed class ByolTwin : IDisposable
{
    private readonly FlatParameters _parameters;
    private readonly ByolState _state;
    private readonly List<(Tensor Running, Tensor OfBatch)> _statistics;
    private readonly SecondThread _thread;
    private Tensor? _represented;

    /// <param name="state">The first two networks.</param>
    /// <param name="online">Built as the first online network.</param>
    /// <param name="target">Built as the first target network, with its weights.</param>
    public ByolTwin(ByolState state, OnlineNetwork online, TargetNetwork target)
    {
        (_state, Online, Target) = (state, online, target);
        _parameters = new FlatParameters(online.named_parameters(), trained: true, state.Parameters);
        foreach (var norm in online.modules().Concat(target.modules()).OfType<BatchNorm>()) norm.Momentum = 1;
        _statistics = [.. Statistics(state.Online, online), .. Statistics(state.Target, target)];
        Online.train();
        Target.train();
        Online.Represented = Keep;
        _thread = new SecondThread();
    }

    /// <summary>f_θ, g_θ, q_θ.</summary>
    public OnlineNetwork Online { get; }

    /// <summary>f_ξ, g_ξ.</summary>
    public TargetNetwork Target { get; }

    /// <summary>Whether a state can have one: BatchNorm must be ours, whose momentum is known, and the threads to be shared those of a
    /// processor.</summary>
    public static bool Fits(ByolState state) =>
        state.Online.Encoder.modules().All(HasKnownStatistics) && state.Parameters.Values.device_type == DeviceType.CPU;

    // Buffers of its own are statistics, of which only BatchNorm's are known how to hand on.
    private static bool HasKnownStatistics(Module module) => module is BatchNorm || !module.named_buffers(recurse: false).Any();

    /// <summary>Begins a step: gradients are zero, and nothing is left of one that failed. Statistics too: momentum 1 takes nothing of
    /// the old ones, but nothing times NaN is NaN.</summary>
    public void Begin()
    {
        using var _ = no_grad();
        _parameters.ZeroGradients();
        foreach (var (_, ofBatch) in _statistics) ofBatch.zero_();
        Keep(null);
    }

    /// <inheritdoc cref="SecondThread.Both(Action, Action)"/>
    public void Both(Action here, Action there) => _thread.Both(here, there);

    /// <inheritdoc cref="SecondThread.Both(DisposeScope, Func{Tensor}, Func{Tensor})"/>
    public (Tensor Here, Tensor There) Both(DisposeScope scope, Func<Tensor> here, Func<Tensor> there) => _thread.Both(scope, here, there);

    /// <summary>Hands on what the second view has left, as if it had come after the first: BatchNorm's statistics, and y to who listens.
    /// After the backward pass, which wants the statistics as they were.</summary>
    public void HandOn()
    {
        if (_represented is not null) _state.Online.Represented?.Invoke(_represented);
        Keep(null);
        using var _ = no_grad();
        using Scalar keep = 1 - BatchNorm.UsualMomentum, take = BatchNorm.UsualMomentum;
        foreach (var (running, ofBatch) in _statistics) running.mul_(keep).add_(ofBatch, take);
    }

    /// <summary>Adds the gradients to those of the first network.</summary>
    public void GiveGradients()
    {
        using var _ = no_grad();
        using Scalar one = 1;
        _state.Parameters.Gradients.add_(_parameters.Gradients, one);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _thread.Dispose();
        Keep(null);
        _parameters.Dispose();
        Online.Dispose();
        Target.Dispose();
    }

    private void Keep(Tensor? y)
    {
        _represented?.Dispose();
        _represented = _state.Online.Represented is null ? null : y?.alias().DetachFromDisposeScope();
    }

    private static IEnumerable<(Tensor, Tensor)> Statistics(Module first, Module second) =>
        first.named_buffers().Zip(second.named_buffers(), (f, s) => (f.buffer, s.buffer));
}
