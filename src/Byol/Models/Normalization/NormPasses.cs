using System.Runtime.CompilerServices;
using Byol.Data.Kernels;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Byol.Models.Normalization;

/// <summary>Σ(x − p) and Σ(x − p)², where p is the first pixel: near enough to the mean that their difference loses nothing.</summary>
internal readonly unsafe struct Moments<E>(E* x) : IChannelTerm where E : unmanaged, IElement<E>
{
    [MethodImpl(AggressiveInlining)]
    public (T First, T Second) At<T>(long at, int channel) where T : struct, ILane<T>
    {
        var distance = E.Load<T>(in x[at]) - E.Load<T>(in x[channel]);
        return (distance, distance * distance);
    }
}

/// <summary>x normalized, and the residual added: what comes before the ReLU, the same numbers forward and backward.</summary>
/// <param name="x">[N,C].</param>
/// <param name="residual">[N,C], or null.</param>
/// <param name="mean">[C].</param>
/// <param name="scale">w/σ, [C].</param>
/// <param name="bias">[C].</param>
internal readonly unsafe struct Normalized<E>(E* x, E* residual, float* mean, float* scale, float* bias) where E : unmanaged, IElement<E>
{
    [MethodImpl(AggressiveInlining)]
    public T Distance<T>(long at, int channel) where T : struct, ILane<T> => E.Load<T>(in x[at]) - T.Load(in mean[channel]);

    [MethodImpl(AggressiveInlining)]
    public T Of<T>(T distance, long at, int channel) where T : struct, ILane<T>
    {
        var value = T.MultiplyAdd(distance, Scale<T>(channel), T.Load(in bias[channel]));
        return residual == null ? value : value + E.Load<T>(in residual[at]);
    }

    [MethodImpl(AggressiveInlining)]
    public T Scale<T>(int channel) where T : struct, ILane<T> => T.Load(in scale[channel]);
}

/// <summary>y = BN(x) + r, or the ReLU of it.</summary>
internal readonly unsafe struct Forward<E>(Normalized<E> normalized, bool rectify, E* y) : IChannelMap where E : unmanaged, IElement<E>
{
    [MethodImpl(AggressiveInlining)]
    public void At<T>(long at, int channel) where T : struct, ILane<T>
    {
        var value = normalized.Of(normalized.Distance<T>(at, channel), at, channel);
        E.Store(rectify ? T.IfAtLeast(T.Of(0), value, T.Of(0), value) : value, ref y[at]);     // NaN stays NaN
    }
}

/// <summary>Σg and Σg(x − μ), where g is the gradient behind the ReLU: dy where y is above 0.</summary>
/// <param name="normalized">BN(x), which is computed again if y is not at hand: cheaper than a third stream from memory.</param>
/// <param name="rectify">Whether there was a ReLU.</param>
/// <param name="y">What it gave, or null if no residual was added.</param>
/// <param name="dy">The gradient of y.</param>
/// <param name="dr">Where g is kept, the gradient of the residual; or null.</param>
internal readonly unsafe struct GradientSums<E>(Normalized<E> normalized, bool rectify, E* y, E* dy, E* dr) : IChannelTerm
    where E : unmanaged, IElement<E>
{
    [MethodImpl(AggressiveInlining)]
    public (T First, T Second) At<T>(long at, int channel) where T : struct, ILane<T>
    {
        var distance = normalized.Distance<T>(at, channel);
        var gradient = Gradient(distance, at, channel);
        if (dr != null) E.Store(gradient, ref dr[at]);
        return (gradient, gradient * distance);
    }

    /// <summary>g.</summary>
    /// <param name="distance">x − μ.</param>
    /// <param name="at">Index of the first of them.</param>
    /// <param name="channel">Its channel.</param>
    [MethodImpl(AggressiveInlining)]
    public T Gradient<T>(T distance, long at, int channel) where T : struct, ILane<T>
    {
        var gradient = E.Load<T>(in dy[at]);
        if (!rectify) return gradient;
        var value = y == null ? normalized.Of(distance, at, channel) : E.Load<T>(in y[at]);
        return T.IfAtLeast(T.Of(0), value, T.Of(0), gradient);
    }
}

/// <summary>dx = w/σ · (g − Σg/N − (x − μ)/σ² · Σg(x − μ)/N) (Ioffe and Szegedy 2015, section 3).</summary>
/// <param name="normalized">BN(x).</param>
/// <param name="sums">Gives g if it is not at hand.</param>
/// <param name="g">g, or null.</param>
/// <param name="mean">Σg/N, [C].</param>
/// <param name="slope">Σg(x − μ)/(Nσ²), [C].</param>
/// <param name="dx">[N,C].</param>
internal readonly unsafe struct Backward<E>(
    Normalized<E> normalized, GradientSums<E> sums, E* g, float* mean, float* slope, E* dx) : IChannelMap where E : unmanaged, IElement<E>
{
    [MethodImpl(AggressiveInlining)]
    public void At<T>(long at, int channel) where T : struct, ILane<T>
    {
        var distance = normalized.Distance<T>(at, channel);
        var gradient = g == null ? sums.Gradient(distance, at, channel) : E.Load<T>(in g[at]);
        var centered = gradient - T.Load(in mean[channel]) - distance * T.Load(in slope[channel]);
        E.Store(centered * normalized.Scale<T>(channel), ref dx[at]);
    }
}
