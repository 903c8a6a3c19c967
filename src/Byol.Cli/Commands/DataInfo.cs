using System.CommandLine;
using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;

namespace Byol.Cli.Commands;

/// <summary>byol data info: what data holds.</summary>
internal static class DataInfo
{
    private const int MostClasses = 50;

    public static Command Create()
    {
        var data = new Argument<string>("data") { Description = DataInput.Help };
        var json = Output.Json();
        var images = new ImageInputs();
        var command = new Command("info", "Show what data contains, and which files are skipped.") { data, json };
        images.AddTo(command);
        command.SetAction(parsed =>
        {
            var dataset = DatasetCatalog.FromEnvironment().Open(parsed.GetValue(data)!, images.Resolve(parsed));
            var (first, seen) = (dataset.Read(0), SeenArea.Of(dataset));
            var perLabel = Enumerable.Range(0, dataset.Count).CountBy(i => dataset.Label(i) ?? -1).ToDictionary();
            var counts = dataset.Classes.Select((name, c) => (name, count: perLabel.GetValueOrDefault(c))).Where(c => c.count > 0).ToList();
            var (notes, without) = (DatasetNotes.Of(dataset), dataset.Classes.Count - counts.Count);
            var text = string.Create(CultureInfo.InvariantCulture,
                $"{dataset.Name}: {Counts.Of(dataset.Count, "image")}, the first ({Printable.Line(dataset.ItemName(0))}) ")
                + string.Create(CultureInfo.InvariantCulture, $"of {first.Width} x {first.Height} pixels\n")
                + (counts.Count == 0 ? "no labels\n"
                    : Table.Some(["class", "images"],
                        [.. counts.Select(c => (IReadOnlyList<string>)
                            [Printable.Line(c.name), c.count.ToString("N0", CultureInfo.InvariantCulture)])], MostClasses, "--json has all"))
                + (without > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Counts.Of(without, "more class")} {(without == 1 ? "has" : "have")} no image\n") : "")
                + seen
                + (DatasetPacker.Describe(dataset) is { } pack ? Describe(pack) : "")
                + Output.Notes(notes);
            Output.Write(parsed.GetValue(json),
                new
                {
                    dataset.Name, dataset.Count, first.Width, first.Height,
                    classes = counts.ToDictionary(c => c.name, c => c.count), classesWithoutImages = without, shapes = seen,
                    notes.PassedOver, notes = notes.Remarks,
                },
                text);
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Describe(PackInfo pack) =>
        $"packed from {pack.Source}, large images shrunk to a short side of {pack.ShortSide} pixels\n" + Output.List(pack.Unreadable);
}
