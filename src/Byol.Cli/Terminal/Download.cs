using System.Globalization;
using Byol.Data.Datasets;

namespace Byol.Cli.Terminal;

/// <summary>Downloads as a person sees them: what and from where, a question, a counter.</summary>
internal sealed class Download(DatasetCatalog catalog, HttpClient http)
{
    /// <summary>Whether a user at a terminal sees the question.</summary>
    public static bool CanAsk => !Console.IsInputRedirected && !Console.IsErrorRedirected;

    public static HttpClient Client() => new() { Timeout = TimeSpan.FromHours(6) };

    public static void Describe(KnownDataset known)
    {
        Console.Error.WriteLine($"{known.Name}: {known.About}");
        foreach (var source in known.Sources) Console.Error.WriteLine($"  {source}");
    }

    /// <summary>Describes the dataset and asks once.</summary>
    public bool Agreed(KnownDataset known)
    {
        Describe(known);
        Console.Error.Write($"Download to {catalog.Cache}? [y/N] ");
        return Console.In.ReadLine()?.Trim().StartsWith("y", StringComparison.OrdinalIgnoreCase) == true;
    }

    /// <summary>Downloads it; the folder it then lies in.</summary>
    public async Task<string> Get(KnownDataset known, CancellationToken cancellation)
    {
        var folder = await catalog.Download(known, http, Report, cancellation).ConfigureAwait(false);
        EndReport();
        return folder;
    }

    /// <summary>Ends the line of the counter.</summary>
    public static void EndReport()
    {
        if (!Console.IsErrorRedirected) Console.Error.WriteLine();
    }

    /// <summary>The counter, on a terminal.</summary>
    public static void Report(string file, long done, long total)
    {
        if (Console.IsErrorRedirected) return;
        var all = total > 0 ? string.Create(CultureInfo.InvariantCulture, $" of {total / 1e6:F0}") : "";
        Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{file}  {done / 1e6:F0}{all} MB\x1b[K"));
    }
}
