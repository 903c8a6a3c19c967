using System.CommandLine;
using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;

namespace Byol.Cli.Commands;

/// <summary>byol data info: what data holds.</summary>
internal static class DataInfo
{
    public static Command Create()
    {
        var data = new Argument<string>("data") { Description = DataInput.Help };
        var json = Output.Json();
        var command = new Command("info", "What data holds.") { data, json };
        command.SetAction(parsed =>
        {
            var dataset = DatasetCatalog.FromEnvironment().Open(parsed.GetValue(data)!);
            var (first, seen) = (dataset.Read(0), SeenArea.Of(dataset));
            var perLabel = Enumerable.Range(0, dataset.Count).CountBy(i => dataset.Label(i) ?? -1).ToDictionary();
            var counts = dataset.Classes.Select((name, c) => (name, count: perLabel.GetValueOrDefault(c))).ToList();
            var text = string.Create(CultureInfo.InvariantCulture,
                $"{dataset.Name}: {dataset.Count:N0} images, the first ({dataset.ItemName(0)}) of {first.Width} x {first.Height} pixels\n")
                + (counts.Count == 0 ? "no labels\n"
                    : Table.Format(["class", "images"],
                        [.. counts.Select(c => (IReadOnlyList<string>)[c.name, c.count.ToString("N0", CultureInfo.InvariantCulture)])]))
                + seen
                + (DatasetPacker.Describe(dataset) is { } pack ? Describe(pack) : "");
            Output.Write(parsed.GetValue(json),
                new
                {
                    dataset.Name, dataset.Count, first.Width, first.Height, classes = counts.ToDictionary(c => c.name, c => c.count),
                    shapes = seen,
                },
                text);
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Describe(PackInfo pack) =>
        $"packed from {pack.Source}, large images shrunk to a short side of {pack.ShortSide} pixels\n" + Output.List(pack.Unreadable);
}
