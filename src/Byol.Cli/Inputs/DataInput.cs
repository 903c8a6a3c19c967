using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Cli.Inputs;

/// <summary>Datasets as arguments name them.</summary>
internal static class DataInput
{
    public const string Help =
        "A known name (byol data list), a folder of images, tars or a zip of them, a list of files (.txt, .csv), a pack (byol data pack), "
        + "or several separated by commas; NAME:SPLIT picks a split.";
    private const long CacheBudget = 1L << 30;

    /// <summary>Opens a dataset that is read again and again: small images are decoded once and kept.</summary>
    public static IDataset Open(string data, ImageOptions? options = null) => OpenUncached(data, options).InMemory(CacheBudget);

    /// <summary>Opens a dataset that is read once, and says what is skipped. On a terminal, known data that is not here is
    /// offered.</summary>
    public static IDataset OpenUncached(string data, ImageOptions? options = null)
    {
        var catalog = DatasetCatalog.FromEnvironment();
        using var http = Download.Client();
        if (Download.CanAsk) Offer(catalog, data, new Download(catalog, http));
        var dataset = catalog.Open(data, options);
        foreach (var line in DatasetNotes.Of(dataset).Lines()) Warnings.Note($"{dataset.Name}: {line}");
        return dataset;
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
