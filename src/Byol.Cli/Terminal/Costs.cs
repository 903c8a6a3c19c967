using System.Globalization;
using Byol.Embeddings;

namespace Byol.Cli.Terminal;

/// <summary>What exact search costs, in words.</summary>
internal static class Costs
{
    public const long Million = 1_000_000;

    public static string OfSearch(SearchCost cost) =>
        $"Search is exact. Among a million images one query takes {Time(cost.SecondsPerQuery(Million))} here, "
            + $"and {Memory(cost)} of memory.\n";

    public static string OfAllPairs(SearchCost cost) =>
        $"All pairs are compared. Among a million images that takes {Time(cost.SecondsOfAllPairs(Million))} here, "
        + $"and {Memory(cost)} of memory.\n";

    public static string Cosine(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    private static string Memory(SearchCost cost) => string.Create(CultureInfo.InvariantCulture, $"{cost.Bytes(Million) / 1e9:F1} GB");

    private static string Time(double seconds) => seconds switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{1000 * seconds:F0} ms"),
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{seconds:F1} s"),
        < 6000 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:F0} minutes"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:F1} hours"),
    };
}
