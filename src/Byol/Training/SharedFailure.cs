using System.Globalization;
using System.Text;
using Byol.Distributed;
using Byol.Method;

namespace Byol.Training;

/// <summary>What only the first rank can find, when it saves: it tells all ranks, and they go back together.</summary>
internal static class SharedFailure
{
    /// <summary>Throws on all ranks if the first has found something; every rank calls it.</summary>
    /// <param name="ranks">They.</param>
    /// <param name="found">The first rank's; null if it found nothing.</param>
    /// <exception cref="NonFiniteException">The same on all.</exception>
    public static void ThrowIfAny(ICollective ranks, NonFiniteException? found)
    {
        Span<double> any = [found is null ? 0 : 1];
        ranks.Max(any);
        if (any[0] > 0) throw Shared(ranks, found);
    }

    /// <summary>The first rank's failure, on each rank.</summary>
    /// <param name="ranks">Every rank calls it.</param>
    /// <param name="found">Null on every rank but the first.</param>
    public static NonFiniteException Shared(ICollective ranks, NonFiniteException? found)
    {
        var told = ranks.Broadcast(found is null ? null : Encoding.UTF8.GetBytes($"{found.Step} {found.Tensor}"));
        return Encoding.UTF8.GetString(told).Split(' ', 2) is [var step, var tensor]
            ? new NonFiniteException(long.Parse(step, CultureInfo.InvariantCulture), tensor)
            : throw new InvalidOperationException("The first rank's failure has no step.");
    }
}
