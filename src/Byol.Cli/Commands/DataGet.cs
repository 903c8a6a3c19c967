using System.CommandLine;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;

namespace Byol.Cli.Commands;

/// <summary>byol data get: downloads.</summary>
internal static class DataGet
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "A name from byol data list." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask before downloading." };
        var json = Output.Json();
        var command = new Command("get", "Download a dataset from where it is published, and check its digest.") { name, yes, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var known = KnownDataset.Find(parsed.GetValue(name)!)
                ?? throw new DatasetException(
                    $"{parsed.GetValue(name)} is not known"
                    + $"{NearestName.Suggest(parsed.GetValue(name)!, KnownDataset.All.Select(d => d.Name))}");
            if (known.Sources.Count == 0) throw new DatasetException($"{known.Name} comes with byol; there is nothing to download.");
            using var http = Download.Client();
            var download = new Download(DatasetCatalog.FromEnvironment(), http);
            if (parsed.GetValue(yes)) Download.Describe(known);
            else if (!Download.CanAsk)
            {
                throw new ArgumentException(
                    $"Nothing was downloaded: there is no terminal to ask at; add {yes.Name} to download {known.Name}.");
            }
            else if (!download.Agreed(known)) return ExitCodes.Failed;
            var path = await download.Get(known, cancellation).ConfigureAwait(false);
            Output.Write(parsed.GetValue(json), new { known.Name, path }, path + "\n");
            return ExitCodes.Done;
        });
        return command;
    }
}
