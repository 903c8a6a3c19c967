using System.Runtime.CompilerServices;
using Byol.Data.Kernels;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Byol.Models.Normalization;

/// <summary>Σ(x − p) and Σ(x − p)², where p is the first pixel: near enough to the mean that their difference loses nothing.</summary>
internal readonly unsafe struct Moments<E>(E* x) : IChannelTerm where E : unmanaged, IElement<E>
{
    public void Add<T>(in PixelBlock block, float* first, float* second) where T : struct, ILane<T>
    {
        var numbers = x;
        var (start, end, stride, to) = (block.Start, block.End, (long)block.Channels, block.To);
        for (var channel = block.From; channel < to; channel += T.Count)
        {
            var (pivot, a, b) = (E.Load<T>(in numbers[channel]), T.Load(in first[channel]), T.Load(in second[channel]));
            var at = start + channel;
            for (; at + stride < end; at += 2 * stride)     // two at once: half as many additions wait for the one before
            {
                var (d, e) = (E.Load<T>(in numbers[at]) - pivot, E.Load<T>(in numbers[at + stride]) - pivot);
                a += d + e;
                b += d * d + e * e;
            }
            if (at < end)
            {
                var d = E.Load<T>(in numbers[at]) - pivot;
                a += d;
                b += d * d;
            }
            a.Store(ref first[channel]);
            b.Store(ref second[channel]);
        }
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
    /// <summary>A lane of channels.</summary>
    [MethodImpl(AggressiveInlining)]
    public Lane<T> Of<T>(int channel) where T : struct, ILane<T> =>
        new(x, residual, T.Load(in mean[channel]), T.Load(in scale[channel]), T.Load(in bias[channel]));

    /// <inheritdoc cref="Normalized{E}"/>
    public readonly struct Lane<T>(E* x, E* residual, T mean, T scale, T bias) where T : struct, ILane<T>
    {
        /// <summary>w/σ.</summary>
        public T Scale => scale;

        /// <summary>x − μ.</summary>
        [MethodImpl(AggressiveInlining)]
        public T Distance(long at) => E.Load<T>(in x[at]) - mean;

        /// <summary>From x − μ.</summary>
        [MethodImpl(AggressiveInlining)]
        public T Of(T distance, long at)
        {
            var value = T.MultiplyAdd(distance, scale, bias);
            return residual == null ? value : value + E.Load<T>(in residual[at]);
        }
    }
}

/// <summary>y = BN(x) + r, or the ReLU of it.</summary>
internal readonly unsafe struct Forward<E>(Normalized<E> normalized, bool rectify, E* y) : IChannelMap where E : unmanaged, IElement<E>
{
    public void Map<T>(in PixelBlock block) where T : struct, ILane<T>
    {
        var target = y;
        var (source, rectified, zero) = (normalized, rectify, T.Of(0));
        var (start, end, stride, to) = (block.Start, block.End, (long)block.Channels, block.To);
        for (var channel = block.From; channel < to; channel += T.Count)
        {
            var lane = source.Of<T>(channel);
            for (var at = start + channel; at < end; at += stride)
            {
                var value = lane.Of(lane.Distance(at), at);
                E.Store(rectified ? T.IfAtLeast(zero, value, zero, value) : value, ref target[at]);     // NaN stays NaN
            }
        }
    }
}

/// <summary>g, the gradient behind the ReLU: dy where y is above 0.</summary>
/// <param name="rectify">Whether there was a ReLU.</param>
/// <param name="y">What it gave, or null if no residual was added: BN(x) is computed again, cheaper than a third stream from memory.</param>
/// <param name="dy">The gradient of y.</param>
internal readonly unsafe struct Gradient<E>(bool rectify, E* y, E* dy) where E : unmanaged, IElement<E>
{
    [MethodImpl(AggressiveInlining)]
    public T At<T>(in Normalized<E>.Lane<T> lane, T distance, long at) where T : struct, ILane<T>
    {
        var gradient = E.Load<T>(in dy[at]);
        if (!rectify) return gradient;
        var value = y == null ? lane.Of(distance, at) : E.Load<T>(in y[at]);
        return T.IfAtLeast(T.Of(0), value, T.Of(0), gradient);
    }
}

/// <summary>Σg and Σg(x − μ).</summary>
/// <param name="normalized">BN(x).</param>
/// <param name="gradient">g.</param>
/// <param name="dr">Where g is kept, the gradient of the residual; or null.</param>
internal readonly unsafe struct GradientSums<E>(Normalized<E> normalized, Gradient<E> gradient, E* dr) : IChannelTerm
    where E : unmanaged, IElement<E>
{
    public void Add<T>(in PixelBlock block, float* first, float* second) where T : struct, ILane<T>
    {
        var kept = dr;
        var (source, gradients) = (normalized, gradient);
        var (start, end, stride, to) = (block.Start, block.End, (long)block.Channels, block.To);
        for (var channel = block.From; channel < to; channel += T.Count)
        {
            var (lane, a, b) = (source.Of<T>(channel), T.Load(in first[channel]), T.Load(in second[channel]));
            var at = start + channel;
            for (; at + stride < end; at += 2 * stride)
            {
                var (d, e) = (lane.Distance(at), lane.Distance(at + stride));
                var (g, h) = (gradients.At(lane, d, at), gradients.At(lane, e, at + stride));
                if (kept != null)
                {
                    E.Store(g, ref kept[at]);
                    E.Store(h, ref kept[at + stride]);
                }
                a += g + h;
                b += g * d + h * e;
            }
            if (at < end)
            {
                var d = lane.Distance(at);
                var g = gradients.At(lane, d, at);
                if (kept != null) E.Store(g, ref kept[at]);
                a += g;
                b += g * d;
            }
            a.Store(ref first[channel]);
            b.Store(ref second[channel]);
        }
    }
}

/// <summary>dx = w/σ · (g − Σg/N − (x − μ)/σ² · Σg(x − μ)/N) (Ioffe and Szegedy 2015, section 3).</summary>
/// <param name="normalized">BN(x).</param>
/// <param name="gradient">g; where it is at hand, without a ReLU.</param>
/// <param name="mean">Σg/N, [C].</param>
/// <param name="slope">Σg(x − μ)/(Nσ²), [C].</param>
/// <param name="dx">[N,C].</param>
internal readonly unsafe struct Backward<E>(
    Normalized<E> normalized, Gradient<E> gradient, float* mean, float* slope, E* dx) : IChannelMap where E : unmanaged, IElement<E>
{
    public void Map<T>(in PixelBlock block) where T : struct, ILane<T>
    {
        float* averages = mean, slopes = slope;
        var target = dx;
        var (source, gradients) = (normalized, gradient);
        var (start, end, stride, to) = (block.Start, block.End, (long)block.Channels, block.To);
        for (var channel = block.From; channel < to; channel += T.Count)
        {
            var (lane, average, steepness) = (source.Of<T>(channel), T.Load(in averages[channel]), T.Load(in slopes[channel]));
            for (var at = start + channel; at < end; at += stride)
            {
                var distance = lane.Distance(at);
                var centered = gradients.At(lane, distance, at) - average - distance * steepness;
                E.Store(centered * lane.Scale, ref target[at]);
            }
        }
    }
}
