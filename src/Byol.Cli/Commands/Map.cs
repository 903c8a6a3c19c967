using System.CommandLine;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Reports;

namespace Byol.Cli.Commands;

/// <summary>byol map: images as points on a page, near where an encoder finds them alike.</summary>
internal static class Map
{
    public static Command Create()
    {
        var encoder = new Argument<string?>("encoder")
        {
            Description = $"{EmbeddingInputs.EncoderHelp} Not needed with --embeddings.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var (precision, json) = (EmbeddingInputs.Precision(), Output.Json());
        var (inputs, settings, tiles) = (new EmbeddingInputs(needsPage: true), new FileSettings(), new TileInputs());
        const string about = "Write a map of images by their embeddings, with the nearest of each, duplicates and outliers.";
        var command = new Command("map", about) { encoder };
        inputs.AddTo(command);
        settings.AddTo(command);
        tiles.AddTo(command);
        foreach (var option in (Option[])[precision, json]) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var page = inputs.PagePath(parsed)!;
            return Interruption.Guard("leaving", cancellation =>
            {
                var given = parsed.GetValue(encoder);
                using var opened = given is null || inputs.Embeddings(parsed) is not null
                    ? null
                    : tiles.Apply(parsed, EncoderInput.Open(given, parsed.GetValue(precision), settings.Of(parsed)));
                using var data = inputs.Open(parsed, opened?.Preprocessing.Images, dataset => EmbeddedData.Compute(
                    opened ?? throw new ArgumentException("No encoder was given; give one, or --embeddings."), dataset, cancellation));
                Write(page, data, cancellation);
                Output.Write(parsed.GetValue(json), new { page, data = data.Name, images = data.Set.Images.Count, data.Unreadable },
                    Output.List(data.Unreadable) + Output.Wrote(page));
                return ExitCodes.Done;
            });
        });
        return command;
    }

    private static void Write(string page, EmbeddedData data, CancellationToken cancellation)
    {
        var count = data.Set.Images.Count;
        if (count < 2) throw new ArgumentException($"{data.Name} holds one image that can be read; a map needs two.");
        var most = Math.Min(count, MapReport.MostImages);
        int[] kept = [.. Enumerable.Range(0, most).Select(i => (int)((long)i * count / most))];
        if (most < count) Warnings.Print($"{data.Name} has {count:N0} images, and a map holds {most:N0}: they are taken evenly from all.");
        var (all, dimension) = (data.Set.Values.data<float>().ToArray(), data.Set.Dimension);
        var values = new float[most * dimension];
        for (var i = 0; i < most; i++) Array.Copy(all, kept[i] * (long)dimension, values, i * (long)dimension, dimension);
        string?[] labels = [.. kept.Select(i => data.Set.Images[i].Label)];
        var (places, progress) = (data.Places(), new StageProgress());
        MapReport.Write(
            page, data.Name, values, [.. kept.Select(i => data.Set.Images[i].Name)], labels.Contains(null) ? [] : [.. labels!],
            i => Thumbnail.Small(data.Dataset!, places[kept[i]]),
            (work, share) => progress.Report(work, (int)(100 * share), 100), cancellation);
    }
}
