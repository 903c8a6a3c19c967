using Byol.Data.Kernels;
using static TorchSharp.torch;

namespace Byol.Models.Normalization;

/// <summary>The passes over the memory of a normalization, for one kind of element.</summary>
/// <typeparam name="E">How x, y and their gradients are stored.</typeparam>
internal static unsafe class NormPass<E> where E : unmanaged, IElement<E>
{
    /// <summary>y, and the statistics that it was normalized by.</summary>
    /// <param name="x">[B,C,…].</param>
    /// <param name="residual">As x, or null.</param>
    /// <param name="rectify">Whether a ReLU comes last.</param>
    /// <param name="norm">Weights and running statistics, which are moved.</param>
    public static (Tensor Y, ChannelStatistics Statistics) Forward(Tensor x, Tensor? residual, bool rectify, NormState norm)
    {
        var (channels, count) = ((int)x.shape[1], x.numel() / x.shape[1]);
        var first = PixelMemory.First<E>(x);
        var sums = Sum(norm.Kernels, count, channels, new Moments<E>(first));
        var statistics = ChannelStatistics.Of(sums, count, Pivot(first, channels), norm);
        var y = empty_like(x);
        fixed (float* mean = statistics.Mean, scale = statistics.Scale)
        {
            var normalized = new Normalized<E>(
                first, residual is null ? null : PixelMemory.First<E>(residual), mean, scale, PixelMemory.First<float>(norm.Bias));
            Map(norm.Kernels, count, channels, new Forward<E>(normalized, rectify, PixelMemory.First<E>(y)));
        }
        return (y, statistics);
    }

    /// <summary>The gradients of x, weight, bias and, where there is one, residual.</summary>
    /// <param name="dy">The gradient of y.</param>
    /// <param name="x">As forward.</param>
    /// <param name="y">What forward gave, where there is a residual; else null.</param>
    /// <param name="rectify">As forward.</param>
    /// <param name="norm">As forward.</param>
    /// <param name="statistics">From forward.</param>
    public static List<Tensor> Backward(
        Tensor dy, Tensor x, Tensor? y, bool rectify, NormState norm, ChannelStatistics statistics)
    {
        using var gradient = PixelMemory.Arrange(dy);
        var (channels, count) = ((int)x.shape[1], x.numel() / x.shape[1]);
        var (dx, dr) = (empty_like(x), y is null ? null : empty_like(x));
        fixed (float* mean = statistics.Mean, scale = statistics.Scale)
        {
            var normalized = new Normalized<E>(PixelMemory.First<E>(x), null, mean, scale, PixelMemory.First<float>(norm.Bias));
            var residual = dr is null ? null : PixelMemory.First<E>(dr);
            var rectified = new Gradient<E>(rectify, y is null ? null : PixelMemory.First<E>(y), PixelMemory.First<E>(gradient));
            var sums = Sum(norm.Kernels, count, channels, new GradientSums<E>(normalized, rectified, residual));
            var (weight, bias) = statistics.WeightGradients(sums);
            var (shift, slope) = statistics.Correction(sums, norm.Ranks);
            var kept = residual == null ? rectified : new Gradient<E>(rectify: false, null, residual);
            fixed (float* a = shift, b = slope)
            {
                Map(norm.Kernels, count, channels, new Backward<E>(normalized, kept, a, b, PixelMemory.First<E>(dx)));
            }
            return dr is null ? [dx, weight, bias] : [dx, weight, bias, dr];
        }
    }

    private static float[] Pivot(E* first, int channels)
    {
        var pivot = new float[channels];
        for (var i = 0; i < channels; i++) E.Load<Lane32>(in first[i]).Store(ref pivot[i]);
        return pivot;
    }

    private static double[] Sum<TTerm>(KernelSet kernels, long count, int channels, TTerm term) where TTerm : struct, IChannelTerm
    {
        var sums = new double[2 * channels];
        kernels.Do(new SumWork<TTerm>(count, channels, get_num_threads(), term, sums));
        return sums;
    }

    private static void Map<TMap>(KernelSet kernels, long count, int channels, TMap map) where TMap : struct, IChannelMap =>
        kernels.Do(new MapWork<TMap>(count, channels, get_num_threads(), map));

    private readonly struct SumWork<TTerm>(long count, int channels, int threads, TTerm term, double[] sums) : ILaneWork
        where TTerm : struct, IChannelTerm
    {
        public void Do<T>() where T : struct, ILane<T> => ChannelLoops.Sum<T, TTerm>(count, channels, threads, term, sums);
    }

    private readonly struct MapWork<TMap>(long count, int channels, int threads, TMap map) : ILaneWork where TMap : struct, IChannelMap
    {
        public void Do<T>() where T : struct, ILane<T> => ChannelLoops.Map<T, TMap>(count, channels, threads, map);
    }
}
