using System.CommandLine;
using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;

namespace Byol.Cli.Commands;

/// <summary>byol data: what is known, what is in it, and how to get it.</summary>
internal static class DataCommand
{
    public static Command Create() => new("data", "List, describe, download and pack data.") { List(), Info(), Get(), DataPack.Create() };

    private static Command List()
    {
        var json = Output.Json();
        var command = new Command("list", "The datasets that have a name here, and where they lie.") { json };
        command.SetAction(parsed =>
        {
            var catalog = DatasetCatalog.FromEnvironment();
            var rows = KnownDataset.All.Select(d => new { d.Name, d.Splits, d.About, path = catalog.Locate(d) }).ToList();
            var text = Table.Format(["name", "splits"], [.. rows.Select(r => (IReadOnlyList<string>)[r.Name, string.Join(", ", r.Splits)])])
                + "\n" + string.Concat(rows.Select(r =>
                    $"  {r.Name}: {r.About}\n    {r.path ?? $"not on this machine: byol data get {r.Name}"}\n"));
            Output.Write(parsed.GetValue(json), rows, text);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Info()
    {
        var data = new Argument<string>("data") { Description = DataInput.Help };
        var json = Output.Json();
        var command = new Command("info", "What data holds.") { data, json };
        command.SetAction(parsed =>
        {
            var dataset = DatasetCatalog.FromEnvironment().Open(parsed.GetValue(data)!);
            var first = dataset.Read(0);
            var perLabel = Enumerable.Range(0, dataset.Count).CountBy(i => dataset.Label(i) ?? -1).ToDictionary();
            var counts = dataset.Classes.Select((name, c) => (name, count: perLabel.GetValueOrDefault(c))).ToList();
            var text = string.Create(CultureInfo.InvariantCulture,
                $"{dataset.Name}: {dataset.Count:N0} images, the first ({dataset.ItemName(0)}) of {first.Width} x {first.Height} pixels\n")
                + (counts.Count == 0 ? "no labels\n"
                    : Table.Format(["class", "images"],
                        [.. counts.Select(c => (IReadOnlyList<string>)[c.name, c.count.ToString("N0", CultureInfo.InvariantCulture)])]))
                + (dataset is PackedDataset pack ? DataPack.Describe(pack) : "");
            Output.Write(parsed.GetValue(json),
                new { dataset.Name, dataset.Count, first.Width, first.Height, classes = counts.ToDictionary(c => c.name, c => c.count) },
                text);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Get()
    {
        var name = new Argument<string>("name") { Description = "A name of byol data list." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask before downloading." };
        var command = new Command("get", "Download a dataset from where it is published, and check its digest.") { name, yes };
        command.SetAction(async (parsed, cancellation) =>
        {
            var known = KnownDataset.Find(parsed.GetValue(name)!)
                ?? throw new DatasetException(
                    $"{parsed.GetValue(name)} is not known"
                    + $"{NearestName.Suggest(parsed.GetValue(name)!, KnownDataset.All.Select(d => d.Name))}");
            if (known.Files.Count == 0) throw new DatasetException($"{known.Name} comes with byol; there is nothing to download.");
            using var http = Download.Client();
            var download = new Download(DatasetCatalog.FromEnvironment().Cache, http);
            if (parsed.GetValue(yes) || !Download.CanAsk) Download.Describe(known);
            else if (!download.Agreed(known)) return ExitCodes.Failed;
            Console.WriteLine(await download.Get(known, cancellation).ConfigureAwait(false));
            return ExitCodes.Done;
        });
        return command;
    }
}
