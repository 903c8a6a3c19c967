using Byol.Cli.Terminal;
using Byol.Data.Datasets;

namespace Byol.Cli.Inputs;

/// <summary>Datasets as arguments name them.</summary>
internal static class DataInput
{
    public const string Help =
        "A known name (byol data list), a folder of images, WebDataset tars, a pack (byol data pack), or a comma-separated list; "
        + "NAME:SPLIT picks a split.";
    private const long CacheBudget = 1L << 30;

    /// <summary>Opens a dataset that is read again and again: small images are decoded once and kept.</summary>
    public static IDataset Open(string data) => OpenUncached(data).InMemory(CacheBudget);

    /// <summary>Opens a dataset that is read once. On a terminal, known data that is not here is offered.</summary>
    public static IDataset OpenUncached(string data)
    {
        var catalog = DatasetCatalog.FromEnvironment();
        using var http = Download.Client();
        if (Download.CanAsk) Offer(catalog, data, new Download(catalog.Cache, http));
        return catalog.Open(data);
    }

    /// <summary>Asks for each dataset that is missing; where the answer is no, opening it says how to get it.</summary>
    public static void Offer(DatasetCatalog catalog, string data, Download download)
    {
        foreach (var known in catalog.Missing(data))
        {
            Console.Error.WriteLine($"{known.Name} is not on this machine.");
            if (!download.Agreed(known)) return;
            download.Get(known, CancellationToken.None).GetAwaiter().GetResult();
        }
    }
}
