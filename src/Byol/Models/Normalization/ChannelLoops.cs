using System.Buffers;
using Byol.Data.Kernels;

namespace Byol.Models.Normalization;

/// <summary>Two numbers that are summed over the pixels of each channel.</summary>
internal interface IChannelTerm
{
    /// <summary>The terms of a lane of channels.</summary>
    /// <param name="at">Index of the first of them, pixel · C + channel.</param>
    /// <param name="channel">That channel.</param>
    (T First, T Second) At<T>(long at, int channel) where T : struct, ILane<T>;
}

/// <summary>What is done to every number alike.</summary>
internal interface IChannelMap
{
    /// <inheritdoc cref="IChannelTerm.At"/>
    void At<T>(long at, int channel) where T : struct, ILane<T>;
}

/// <summary>Carries sums and maps over pixels of C channels, [N,C] in memory: whole lanes first, then the channels that remain.</summary>
/// <remarks>Pixels are cut into parts that do not depend on the number of threads, and the sums of parts are added in order: the number of
/// threads changes no bit.</remarks>
internal static unsafe class ChannelLoops
{
    private const int MostParts = 64, PartElements = 65536, BlockPixels = 256;

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
        ForEach(parts, threads, part => Part<T, TTerm>(term, Range(part, parts, count), channels, all.AsSpan(part * length, length)));
        all.AsSpan(0, length).CopyTo(sums);
        for (var part = 1; part < parts; part++)
        {
            var own = all.AsSpan(part * length, length);
            for (var i = 0; i < length; i++) sums[i] += own[i];
        }
        ArrayPool<double>.Shared.Return(all);
    }

    /// <summary>Maps.</summary>
    /// <inheritdoc cref="Sum"/>
    public static void Map<T, TMap>(long count, int channels, int threads, TMap map) where T : struct, ILane<T> where TMap : struct, IChannelMap
    {
        var parts = Parts(count, channels);
        ForEach(parts, threads, part =>
        {
            var (start, end) = Range(part, parts, count);
            for (var (pixel, at) = (start, start * channels); pixel < end; pixel++, at += channels)
            {
                var channel = 0;
                for (; channel <= channels - T.Count; channel += T.Count) map.At<T>(at + channel, channel);
                for (; channel < channels; channel++) map.At<Lane32>(at + channel, channel);
            }
        });
    }

    private static int Parts(long count, int channels) =>
        (int)Math.Clamp(count * channels / (PartElements), 1, Math.Min(MostParts, count));

    private static (long Start, long End) Range(int part, int parts, long count) => (part * count / parts, (part + 1) * count / parts);

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

    private static void Part<T, TTerm>(in TTerm term, (long Start, long End) pixels, int channels, Span<double> sums)
        where T : struct, ILane<T> where TTerm : struct, IChannelTerm
    {
        sums.Clear();
        var block = ArrayPool<float>.Shared.Rent(sums.Length);
        for (var start = pixels.Start; start < pixels.End; start += BlockPixels)
        {
            block.AsSpan(0, sums.Length).Clear();
            var (end, pixel) = (Math.Min(start + BlockPixels, pixels.End), start);
            fixed (float* first = block, second = &block[channels])
            {
                for (; pixel < end - 1; pixel += 2) AddTwo<T, TTerm>(term, pixel * channels, channels, first, second);
                if (pixel < end) AddOne<T, TTerm>(term, pixel * channels, channels, first, second);
            }
            for (var i = 0; i < sums.Length; i++) sums[i] += block[i];
        }
        ArrayPool<float>.Shared.Return(block);
    }

    // Two pixels at once: half as many additions wait for the one before.
    private static void AddTwo<T, TTerm>(in TTerm term, long at, int channels, float* first, float* second)
        where T : struct, ILane<T> where TTerm : struct, IChannelTerm
    {
        var channel = 0;
        for (; channel <= channels - T.Count; channel += T.Count)
        {
            var (a, b) = term.At<T>(at + channel, channel);
            var (c, d) = term.At<T>(at + channels + channel, channel);
            (T.Load(in first[channel]) + (a + c)).Store(ref first[channel]);
            (T.Load(in second[channel]) + (b + d)).Store(ref second[channel]);
        }
        if (channel == channels) return;
        Rest(term, at, channel, channels, first, second);
        Rest(term, at + channels, channel, channels, first, second);
    }

    private static void AddOne<T, TTerm>(in TTerm term, long at, int channels, float* first, float* second)
        where T : struct, ILane<T> where TTerm : struct, IChannelTerm
    {
        var channel = 0;
        for (; channel <= channels - T.Count; channel += T.Count)
        {
            var (a, b) = term.At<T>(at + channel, channel);
            (T.Load(in first[channel]) + a).Store(ref first[channel]);
            (T.Load(in second[channel]) + b).Store(ref second[channel]);
        }
        Rest(term, at, channel, channels, first, second);
    }

    private static void Rest<TTerm>(in TTerm term, long at, int channel, int channels, float* first, float* second)
        where TTerm : struct, IChannelTerm
    {
        for (; channel < channels; channel++)
        {
            var (a, b) = term.At<Lane32>(at + channel, channel);
            (Lane32.Load(in first[channel]) + a).Store(ref first[channel]);
            (Lane32.Load(in second[channel]) + b).Store(ref second[channel]);
        }
    }
}
