using Byol.Models;
using Byol.Optim;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Modules = TorchSharp.Modules;

namespace Byol.Method;

/// <summary>Both views at the same time, each on its own thread with half of libtorch's threads: faster than one after the other, and the
/// same numbers.</summary>
/// <remarks>The second view has copies of both networks. They share the memory of the weights; gradients and BatchNorm's statistics are
/// separate, and are merged afterwards in the order of the views.</remarks>
internal sealed class ParallelViews : ITwoViews, IDisposable
{
    private readonly ByolState _state;
    private readonly OnlineNetwork _online;
    private readonly TargetNetwork _target;
    private readonly FlatParameters _parameters;
    private readonly List<(Tensor Running, Tensor OfBatch)> _statistics, _kept;
    private readonly SecondThread _thread = new();

    /// <param name="state">The networks of the first view.</param>
    /// <param name="online">Built as their online network.</param>
    /// <param name="target">Built as their target network, with its weights.</param>
    public ParallelViews(ByolState state, OnlineNetwork online, TargetNetwork target)
    {
        (_state, _online, _target) = (state, online, target);
        _parameters = new FlatParameters(online.named_parameters(), trained: true, state.Parameters);
        foreach (var norm in online.modules().Concat(target.modules()).OfType<BatchNorm>()) norm.Momentum = 1;
        _statistics = [.. Statistics(state.Online, online, kept: false), .. Statistics(state.Target, target, kept: false)];
        _kept = [.. Statistics(state.Online, online, kept: true), .. Statistics(state.Target, target, kept: true)];
        _online.train();
        _target.train();
    }

    /// <summary>Whether a state's views can be computed so: on a processor, whose threads are to be shared; where all that a forward pass
    /// leaves behind are the statistics of our own BatchNorm, whose momentum is known; and where none draws random numbers, whose order
    /// the threads would decide.</summary>
    public static bool Suits(ByolState state) => state.Parameters.Values.device_type == DeviceType.CPU
        && state.Online.modules().Concat(state.Target.modules()).All(m => m is BatchNorm || !(IsRandom(m) || HasBuffers(m)));

    public int FirstThreads => SecondThread.ShareOfCaller(get_num_threads());

    /// <summary>Zeroes gradients and statistics. Momentum 1 takes nothing of the old statistics, but nothing times NaN is NaN.</summary>
    public void Begin()
    {
        using var _ = no_grad();
        _parameters.ZeroGradients();
        foreach (var (_, ofBatch) in _statistics) ofBatch.zero_();
        foreach (var (running, second) in _kept) second.copy_(running);
    }

    public (Tensor Z1, Tensor Z2) Project(ViewPair views)
    {
        using var scope = NewDisposeScope();
        var (first, second) = _thread.RunBoth(scope,
            () => [_state.Target.Project(views.First)], () => [_target.Project(views.Second)]);
        return (first[0].MoveToOuterDisposeScope(), second[0].MoveToOuterDisposeScope());
    }

    public Comparison Compare(ViewPair views, Tensor z1, Tensor z2)
    {
        using var scope = NewDisposeScope();
        var (first, second) = _thread.RunBoth(scope,
            () => Compare(_state.Online, views.First, z2), () => Compare(_online, views.Second, z1));
        foreach (var tensor in first.Concat(second)) tensor.MoveToOuterDisposeScope();
        return new Comparison([first[1], second[1]], [first[^1], second[^1]], first[0], second[0]);
    }

    public void Backward(Tensor[] objectives, double weight)
    {
        using Scalar share = weight;
        Both(() => objectives[0].mul(share).backward(), () => objectives[1].mul(share).backward());
        HandOnStatistics();
    }

    /// <summary>Adds the gradients of the second view to those of the first.</summary>
    public void End()
    {
        using var _ = no_grad();
        using Scalar one = 1;
        _state.Parameters.Gradients.add_(_parameters.Gradients, one);
    }

    public void Both(Action here, Action there) => _thread.RunBoth(here, there);

    /// <inheritdoc/>
    public void Dispose()
    {
        _thread.Dispose();
        _parameters.Dispose();
        _online.Dispose();
        _target.Dispose();
    }

    // y, the loss, and the objective where that is another.
    private Tensor[] Compare(OnlineNetwork online, Tensor view, Tensor z)
    {
        var (q, p, y) = online.Outputs(view);      // [B,d], [B,d], [B,D]
        var loss = ByolLoss.OneWay(q, z);
        return _state.CodingRateWeight == 0 ? [y, loss]
            : [y, loss, CodingRate.SubtractFrom(loss, _state.CodingRateWeight, _state.Ranks, p)];
    }

    // As if the second view had come after the first. After the backward pass, which needs the old statistics.
    private void HandOnStatistics()
    {
        using var _ = no_grad();
        using Scalar keep = 1 - BatchNorm.UsualMomentum, take = BatchNorm.UsualMomentum;
        foreach (var (running, ofBatch) in _statistics) running.mul_(keep).add_(ofBatch, take);
    }

    // By names: modules come in an order of their own in each network.
    private static IEnumerable<(Tensor, Tensor)> Statistics(Module first, Module second, bool kept)
    {
        var keeping = first.named_modules().Where(m => m.module is BatchNorm { KeepsStatistics: true }).Select(m => $"{m.name}.").ToList();
        return from pair in first.named_buffers().Zip(second.named_buffers())
               where keeping.Any(k => pair.First.name.StartsWith(k, StringComparison.Ordinal)) == kept
               select (pair.First.buffer, pair.Second.buffer);
    }

    private static bool HasBuffers(Module module) => module.named_buffers(recurse: false).Any();

    private static bool IsRandom(Module module) =>
        module is Modules.Dropout or Modules.Dropout1d or Modules.Dropout2d or Modules.Dropout3d
            or Modules.AlphaDropout or Modules.FeatureAlphaDropout;
}
