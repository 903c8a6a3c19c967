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
/// <remarks>Pixels are cut into the same parts whatever the number of threads, and the sums of parts are added in order: the number of
/// threads changes no bit.</remarks>
internal static unsafe class ChannelLoops
{
    private const int MostParts = 64, BlockElements = 8192;   // a block stays in the first cache while its channels are summed

    /// <summary>Sums, in fp32 within a block and in fp64 over blocks.</summary>
    /// <param name="count">N.</param>
    /// <param name="channels">C.</param>
    /// <param name="threads">How many threads share the work.</param>
    /// <param name="term">What is summed.</param>
    /// <param name="sums">[2,C]: sums of the first and of the second.</param>
    public static void Sum<T, TTerm>(long count, int channels, int threads, TTerm term, Span<double> sums)
        where T : struct, ILane<T> where TTerm : struct, IChannelTerm
    {
        var parts = Parts(count);
        var partial = new double[parts * 2 * channels];
        ForEach(parts, threads, part =>
        {
            fixed (double* own = &partial[part * 2 * channels])
            {
                var block = Math.Max(8, BlockElements / channels);
                var (start, end) = Range(part, parts, count);
                for (; start < end; start += block) Block<T, TTerm>(term, start, (int)Math.Min(block, end - start), channels, own);
            }
        });
        sums.Clear();
        for (var i = 0; i < partial.Length; i++) sums[i % (2 * channels)] += partial[i];
    }

    /// <summary>Maps.</summary>
    /// <inheritdoc cref="Sum"/>
    public static void Map<T, TMap>(long count, int channels, int threads, TMap map) where T : struct, ILane<T> where TMap : struct, IChannelMap
    {
        var parts = Parts(count);
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

    private static int Parts(long count) => (int)Math.Min(MostParts, count);

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

    private static void Block<T, TTerm>(in TTerm term, long first, int count, int channels, double* sums)
        where T : struct, ILane<T> where TTerm : struct, IChannelTerm
    {
        var channel = 0;
        for (; channel <= channels - T.Count; channel += T.Count) Column<T, TTerm>(term, first, count, channels, channel, sums);
        for (; channel < channels; channel++) Column<Lane32, TTerm>(term, first, count, channels, channel, sums);
    }

    // Even and odd pixels apart: additions of one do not wait for those of the other.
    private static void Column<T, TTerm>(in TTerm term, long first, int count, int channels, int channel, double* sums)
        where T : struct, ILane<T> where TTerm : struct, IChannelTerm
    {
        T a = T.Of(0), b = a, c = a, d = a;
        var (at, i) = (first * channels + channel, 0);
        for (; i < count - 1; i += 2, at += 2 * channels)
        {
            var (even, evenSecond) = term.At<T>(at, channel);
            var (odd, oddSecond) = term.At<T>(at + channels, channel);
            (a, b, c, d) = (a + even, b + evenSecond, c + odd, d + oddSecond);
        }
        if (i < count)
        {
            var (last, lastSecond) = term.At<T>(at, channel);
            (a, b) = (a + last, b + lastSecond);
        }
        Add(a + c, sums + channel);
        Add(b + d, sums + channels + channel);
    }

    private static void Add<T>(T value, double* sums) where T : struct, ILane<T>
    {
        var floats = stackalloc float[T.Count];
        value.Store(ref *floats);
        for (var i = 0; i < T.Count; i++) sums[i] += floats[i];
    }
}
