using System.Diagnostics;
using static TorchSharp.torch;

namespace Byol.Embeddings;

/// <summary>What exact search costs on this machine, measured on made-up embeddings and scaled.</summary>
public readonly struct SearchCost
{
    internal SearchCost(int dimension, double secondsPerPair, double secondsPerBlockedPair) =>
        (Dimension, SecondsPerPair, SecondsPerBlockedPair) = (dimension, secondsPerPair, secondsPerBlockedPair);

    /// <summary>D.</summary>
    internal int Dimension { get; }

    /// <summary>Of one query among many images: it waits for memory.</summary>
    internal double SecondsPerPair { get; }

    /// <summary>Of many queries at once: as fast as matrix products are.</summary>
    internal double SecondsPerBlockedPair { get; }

    private const int Elements = 1 << 24;                    // of one query's bank, 64 MB: beyond the caches
    private const int Queries = 64, Rows = 1 << 15, Repeats = 2;

    /// <summary>Measures; a tenth of a second or so.</summary>
    /// <param name="dimension">D.</param>
    /// <param name="neighbors">k.</param>
    public static SearchCost Measure(int dimension, int neighbors)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var rows = Math.Max(Rows, Elements / dimension);
        var (bank, few, one, many) = (rand(rows, dimension), rand(Rows, dimension), rand(1, dimension), rand(Queries, dimension));
        return new SearchCost(dimension, Fastest(one, bank) / rows, Fastest(many, few) / Rows / Queries);

        double Fastest(Tensor queries, Tensor bank) => Enumerable.Range(0, Repeats).Min(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            Neighbors.Find(queries, bank, neighbors);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
    }

    /// <summary>Seconds to search for one image among so many.</summary>
    /// <param name="images">N.</param>
    public double SecondsPerQuery(long images) => images * SecondsPerPair;

    /// <summary>Seconds to compare so many images with one another.</summary>
    /// <param name="images">N.</param>
    public double SecondsOfAllPairs(long images) => (double)images * images * SecondsPerBlockedPair;

    /// <summary>Memory of so many embeddings, in bytes.</summary>
    /// <param name="images">N.</param>
    public double Bytes(long images) => images * (double)Dimension * sizeof(float);
}
