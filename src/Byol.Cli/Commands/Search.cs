using System.CommandLine;
using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Embeddings;
using Byol.Encoders;

namespace Byol.Cli.Commands;

/// <summary>byol search: the images nearest to an image.</summary>
internal static class Search
{
    public static Command Create()
    {
        var encoder = new Argument<string>("encoder") { Description = EmbeddingInputs.EncoderHelp };
        var query = new Option<string>("--query") { Description = "The image to search for.", Required = true };
        var top = new Option<int>("--top") { Description = "Images to find.", DefaultValueFactory = _ => 12 };
        var precision = EmbeddingInputs.Precision();
        var json = Output.Json();
        var (inputs, settings, tiles) = (new EmbeddingInputs(), new FileSettings(), new TileInputs());
        var command = new Command("search", "Find the images nearest to an image, by exact search.") { encoder, query };
        inputs.AddTo(command);
        settings.AddTo(command);
        tiles.AddTo(command);
        foreach (var option in (Option[])[top, precision, json]) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(top) is (< 1 or > 1000) and var few)
                throw new ArgumentException($"--top {few} must lie between 1 and 1000.");
            var page = inputs.PagePath(parsed);
            var file = parsed.GetValue(query)!;
            var bytes = File.Exists(file) ? File.ReadAllBytes(file)
                : throw new ArgumentException($"--query {file} does not exist; give an image file.");
            using var opened = tiles.Apply(
                parsed, EncoderInput.Open(parsed.GetValue(encoder)!, parsed.GetValue(precision), settings.Of(parsed)));
            var row = opened.Embed(bytes, file);
            if (row.All(value => value == 0))
            {
                throw new ArithmeticException($"The embedding of {file} is all zeros, so nothing is nearest to it; "
                    + "use another image, or another encoder if byol diagnose shows that this one has collapsed.");
            }
            return Interruption.Guard("leaving", cancellation =>
            {
                using var found = inputs.Open(
                    parsed, opened.Preprocessing.Images, dataset => EmbeddedData.Compute(opened, dataset, cancellation));
                if (inputs.Embeddings(parsed) is { } embeddings) found.RequireMadeBy(embeddings, opened);

                var count = parsed.GetValue(top);
                var nearest = Neighbors.Of(row, found.Set, count + 1, cancellation);
                var itself = nearest.Where(n => found.IsOf(n, file)).Take(1).ToArray();
                nearest = [.. nearest.Except(itself).Take(count)];
                var cost = SearchCost.Measure(found.Set.Dimension, count);
                if (page is not null) found.Page(page).OfSearch(file, bytes, nearest);
                var text = Text(file, found, nearest, cost)
                    + (itself is [var own] ? $"{found.Set.Images[own.Index].Name} is the image that was searched for, and is left out.\n" : "")
                    + (page is null ? "" : Output.Wrote(page)) + Output.List(found.Unreadable);
                Output.Write(parsed.GetValue(json), Result(file, found, nearest, itself, page, cost), text);
                return ExitCodes.Done;
            });
        });
        return command;
    }

    private static object Result(
        string query, EmbeddedData found, IReadOnlyList<Neighbor> nearest, Neighbor[] itself, string? page, SearchCost cost) => new
    {
        query,
        leftOut = itself.Select(n => found.Set.Images[n.Index].Name).SingleOrDefault(),
        page,
        data = found.Name,
        images = found.Set.Images.Count,
        neighbors = nearest.Select(n => new { found.Set.Images[n.Index].Name, found.Set.Images[n.Index].Label, n.Similarity }),
        secondsAtAMillion = cost.SecondsPerQuery,
        found.Unreadable,
    };

    private static string Text(string query, EmbeddedData found, IReadOnlyList<Neighbor> nearest, SearchCost cost)
    {
        var images = found.Set.Images;
        var heading = string.Create(CultureInfo.InvariantCulture,
            $"\nNearest to {query} among {Counts.Of(images.Count, "image")} of {found.Name}\n\n");
        IReadOnlyList<string> Row(Neighbor n) => [images[n.Index].Name, images[n.Index].Label ?? "", Output.Cosine(n.Similarity)];
        return heading + Table.Format(["image", "label", "similarity"], [.. nearest.Select(Row)]) + "\n" + cost.OfSearch();
    }
}
