using System.Diagnostics;
using System.Globalization;
using Byol.Embeddings;
using static TorchSharp.torch;

namespace Byol.Cli.Inputs;

/// <summary>What exact search costs on this machine, measured on made-up embeddings and scaled to a million images.</summary>
/// <param name="Dimension">D.</param>
/// <param name="SecondsPerPair">Of one query among many images: it waits for memory.</param>
/// <param name="SecondsPerBlockedPair">Of many queries at once: as fast as matrix products are.</param>
internal readonly record struct SearchCost(int Dimension, double SecondsPerPair, double SecondsPerBlockedPair)
{
    private const double Million = 1e6;
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

    /// <summary>Seconds to search for one image among a million.</summary>
    public double SecondsPerQuery => Million * SecondsPerPair;

    /// <summary>Seconds to compare a million images with one another.</summary>
    public double SecondsOfAllPairs => Million * Million * SecondsPerBlockedPair;

    /// <summary>The cost of one query in words.</summary>
    public string OfSearch() =>
        $"Search is exact. Among a million images one query takes {Time(SecondsPerQuery)} here, and {Memory} of memory.\n";

    /// <summary>The cost of all pairs in words.</summary>
    public string OfAllPairs() =>
        $"All pairs are compared. Among a million images that takes {Time(SecondsOfAllPairs)} here, and {Memory} of memory.\n";

    private string Memory => string.Create(CultureInfo.InvariantCulture, $"{Million * Dimension * sizeof(float) / 1e9:F1} GB");

    private static string Time(double seconds) => seconds switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{1000 * seconds:F0} ms"),
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{seconds:F1} s"),
        < 6000 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:F0} minutes"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:F1} hours"),
    };
}
