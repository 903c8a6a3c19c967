using System.CommandLine;
using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Data.Loading;

namespace Byol.Cli.Commands;

/// <summary>byol preview: what training will see.</summary>
internal static class Preview
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = DataInput.Help, Required = true };
        var output = new Option<string>("--out") { Description = "The sheet to write, a .png.", Required = true };
        var count = new Option<int>("--count") { Description = "Images on the sheet.", DefaultValueFactory = _ => 12 };
        var only = new Option<string?>("--images") { Description = "Indices of the images to show, as in metrics.jsonl: 3,17." };
        var epoch = new Option<int>("--epoch") { Description = "The pass over the data whose views to show, from 0." };
        var tile = new Option<int>("--tile")
        {
            Description = "Side of each picture on the sheet in pixels.",
            DefaultValueFactory = _ => 128
        };
        var (force, json, inputs) = (OutputPath.Force(), Output.Json(), new RecipeInputs("folder"));
        const string about = "Write a sheet of images with their two views and the view of evaluation, and print how each view was made.";
        var command = new Command("preview", about)
        {
            data, output, count, only, epoch, tile, force, json
        };
        inputs.AddViewsTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(count) is < 1 or > 200)
                throw new ArgumentException($"--count {parsed.GetValue(count)} must lie between 1 and 200.");
            if (parsed.GetValue(tile) is < 8 or > 1024)
                throw new ArgumentException($"--tile {parsed.GetValue(tile)} must lie between 8 and 1024 pixels.");
            if (parsed.GetValue(epoch) < 0) throw new ArgumentException($"--epoch {parsed.GetValue(epoch)} must be 0 or more.");
            var path = OutputPath.File(output.Name, parsed.GetValue(output)!, parsed.GetValue(force), ".png");
            var recipe = inputs.Resolve(parsed);
            var images = DataInput.Open(parsed.GetValue(data)!, recipe.Images);
            var indices = parsed.GetValue(only) is { } listed
                ? Indices(listed, images)
                : ViewSheet.Spread(images, parsed.GetValue(count));
            var sheet = ViewSheet.Draw(
                images, recipe.Views, recipe.Training.Seed, indices, parsed.GetValue(epoch), parsed.GetValue(tile));
            WholeFile.Write(path, stream => stream.Write(sheet.Png.Span));
            Output.Write(parsed.GetValue(json), new { path, data = images.Name, views = sheet.Plans },
                string.Concat(sheet.Plans.Select(plan => Shown(plan) + "\n")));
            Console.Error.WriteLine($"Wrote {path}: each image, its views v and v', and its view in evaluation.");
            return ExitCodes.Done;
        });
        return command;
    }

    // The image's name, with any characters, then a line for each view.
    private static string Shown(string plan)
    {
        var views = plan.IndexOf("\n  v ", StringComparison.Ordinal);
        return Printable.Line(plan[..views]) + plan[views..];
    }

    private static IEnumerable<int> Indices(string listed, IDataset data) => listed.Split(',').Select(text =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var index) && index >= 0 && index < data.Count ? index
            : throw new ArgumentException($"--images {listed}: {text} is not an index of {data.Name}, which has 0 to {data.Count - 1}."));
}
