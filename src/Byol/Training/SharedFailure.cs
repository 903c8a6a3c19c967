using System.Globalization;
using System.Text;
using Byol.Distributed;
using Byol.Method;

namespace Byol.Training;

/// <summary>What the first rank alone can find, when it saves: all learn of it, and go back together.</summary>
internal static class SharedFailure
{
    /// <summary>Throws on all ranks where the first has found something; all come here.</summary>
    /// <param name="ranks">They.</param>
    /// <param name="found">Of the first rank; null where there is nothing.</param>
    /// <exception cref="NonFiniteException">The same on all.</exception>
    public static void ThrowIfAny(ICollective ranks, NonFiniteException? found)
    {
        Span<double> any = [found is null ? 0 : 1];
        ranks.Max(any);
        if (any[0] > 0) throw Shared(ranks, found);
    }

    /// <summary>The first rank's failure, on each rank.</summary>
    /// <param name="ranks">All of them come here.</param>
    /// <param name="found">Null on every rank but the first.</param>
    public static NonFiniteException Shared(ICollective ranks, NonFiniteException? found)
    {
        var told = ranks.Broadcast(found is null ? null : Encoding.UTF8.GetBytes($"{found.Step} {found.Tensor}"));
        return Encoding.UTF8.GetString(told).Split(' ', 2) is [var step, var tensor]
            ? new NonFiniteException(long.Parse(step, CultureInfo.InvariantCulture), tensor)
            : throw new InvalidOperationException("The first rank's failure has no step.");
    }
}
