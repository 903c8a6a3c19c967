namespace Byol.Data.Loading;

/// <summary>One rank's share of every batch: the ranks take equal parts of it, in their order, so that together they see what one process
/// would. A pure function, so that a run may be resumed with another number of ranks.</summary>
/// <param name="Rank">Which part, from 0.</param>
/// <param name="Count">The number of them.</param>
internal sealed record Shard(int Rank, int Count)
{
    /// <summary>All of every batch.</summary>
    public static Shard Whole { get; } = new(0, 1);

    /// <summary>Where the part of a batch begins in the order of its epoch.</summary>
    /// <param name="batch">Which batch of the epoch, from 0.</param>
    /// <param name="size">Images of the part.</param>
    public int Start(long batch, int size) => (int)(batch * Count + Rank) * size;
}
