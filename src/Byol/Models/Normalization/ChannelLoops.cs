using System.Buffers;
using Byol.Data.Kernels;

namespace Byol.Models.Normalization;

/// <summary>Some channels of some pixels.</summary>
/// <param name="Start">Index of the first number of the first pixel.</param>
/// <param name="End">Index behind the last pixel.</param>
/// <param name="Channels">C, from pixel to pixel.</param>
/// <param name="From">The first channel.</param>
/// <param name="To">Behind the last channel; whole lanes.</param>
internal readonly record struct PixelBlock(long Start, long End, int Channels, int From, int To);

/// <summary>Two numbers that are summed over the pixels of each channel.</summary>
internal unsafe interface IChannelTerm
{
    /// <summary>Adds those of a block.</summary>
    /// <param name="block">Which.</param>
    /// <param name="first">[C], sums of the first.</param>
    /// <param name="second">[C], sums of the second.</param>
    void Add<T>(in PixelBlock block, float* first, float* second) where T : struct, ILane<T>;
}

/// <summary>What is done to every number alike.</summary>
internal interface IChannelMap
{
    /// <summary>Does it to those of a block.</summary>
    void Map<T>(in PixelBlock block) where T : struct, ILane<T>;
}

/// <summary>Carries sums and maps over pixels of C channels, [N,C] in memory: whole lanes first, then the channels that remain.</summary>
/// <remarks><para>Pixels are cut into parts that do not depend on the number of threads, and the sums of parts are added in order: the number
/// of threads changes no bit.</para>
/// <para>A lane runs through few pixels at a time, so that what it holds by channel stays in registers and the pixels of a run in the
/// nearest cache.</para></remarks>
internal static unsafe class ChannelLoops
{
    private const int MostParts = 64, PartElements = 65536, BlockPixels = 256, RunElements = 256;

    /// <summary>Sums, in fp32 within a block and in fp64 over blocks.</summary>
    /// <param name="count">N.</param>
    /// <param name="channels">C.</param>
    /// <param name="threads">How many threads share the work.</param>
    /// <param name="term">What is summed.</param>
    /// <param name="sums">[2,C]: sums of the first and of the second.</param>
    public static void Sum<T, TTerm>(long count, int channels, int threads, TTerm term, Span<double> sums)
        where T : struct, ILane<T> where TTerm : struct, IChannelTerm
    {
        var (parts, length) = (Parts(count, channels), 2 * channels);
        var all = ArrayPool<double>.Shared.Rent(parts * length);
        ForEach(parts, threads, part => Sum<T, TTerm>(term, Range(part, parts, count), channels, all.AsSpan(part * length, length)));
        all.AsSpan(0, length).CopyTo(sums);
        for (var part = 1; part < parts; part++)
        {
            var own = all.AsSpan(part * length, length);
            for (var i = 0; i < length; i++) sums[i] += own[i];
        }
        ArrayPool<double>.Shared.Return(all);
    }

    /// <summary>Maps.</summary>
    /// <inheritdoc cref="Sum{T, TTerm}(long, int, int, TTerm, Span{double})"/>
    public static void Map<T, TMap>(long count, int channels, int threads, TMap map) where T : struct, ILane<T> where TMap : struct, IChannelMap
    {
        var parts = Parts(count, channels);
        ForEach(parts, threads, part =>
        {
            var (start, end) = Range(part, parts, count);
            var pixels = RunPixels(channels);
            for (; start < end; start += pixels) Map<T, TMap>(map, start, Math.Min(start + pixels, end), channels);
        });
    }

    private static int Parts(long count, int channels) =>
        (int)Math.Clamp(count * channels / PartElements, 1, Math.Min(MostParts, count));

    private static (long Start, long End) Range(int part, int parts, long count) => (part * count / parts, (part + 1) * count / parts);

    private static int RunPixels(int channels) => Math.Clamp(RunElements / channels, 1, BlockPixels);

    private static void ForEach(int parts, int threads, Action<int> run)
    {
        if (threads == 1)
        {
            for (var part = 0; part < parts; part++) run(part);
            return;
        }
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            for (var part = thread * parts / threads; part < (thread + 1) * parts / threads; part++) run(part);
        });
    }

    private static void Map<T, TMap>(in TMap map, long start, long end, int channels) where T : struct, ILane<T> where TMap : struct, IChannelMap
    {
        var whole = channels - channels % T.Count;
        map.Map<T>(new PixelBlock(start * channels, end * channels, channels, 0, whole));
        if (whole < channels) map.Map<Lane32>(new PixelBlock(start * channels, end * channels, channels, whole, channels));
    }

    private static void Sum<T, TTerm>(TTerm term, (long Start, long End) pixels, int channels, Span<double> sums)
        where T : struct, ILane<T> where TTerm : struct, IChannelTerm
    {
        sums.Clear();
        var block = ArrayPool<float>.Shared.Rent(sums.Length);
        var run = RunPixels(channels);
        fixed (float* first = block)
        {
            for (var start = pixels.Start; start < pixels.End; start += BlockPixels)
            {
                block.AsSpan(0, sums.Length).Clear();
                var end = Math.Min(start + BlockPixels, pixels.End);
                for (var at = start; at < end; at += run) Add<T, TTerm>(term, at, Math.Min(at + run, end), channels, first);
                for (var i = 0; i < sums.Length; i++) sums[i] += first[i];
            }
        }
        ArrayPool<float>.Shared.Return(block);
    }

    private static void Add<T, TTerm>(in TTerm term, long start, long end, int channels, float* sums)
        where T : struct, ILane<T> where TTerm : struct, IChannelTerm
    {
        var whole = channels - channels % T.Count;
        term.Add<T>(new PixelBlock(start * channels, end * channels, channels, 0, whole), sums, sums + channels);
        if (whole < channels) term.Add<Lane32>(new PixelBlock(start * channels, end * channels, channels, whole, channels), sums, sums + channels);
    }
}
