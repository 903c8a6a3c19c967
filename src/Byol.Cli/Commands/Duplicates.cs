using System.CommandLine;
using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Embeddings;
using Found = Byol.Embeddings.Duplicates;

namespace Byol.Cli.Commands;

/// <summary>byol duplicates: images that are nearly the same, and images like no other.</summary>
internal static class Duplicates
{
    private const int RowsInTable = 40;

    public static Command Create()
    {
        var encoder = new Argument<string?>("encoder")
        {
            Description = $"{EmbeddingInputs.EncoderHelp} Not needed with --embeddings.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var threshold = new Option<double?>("--threshold")
        {
            Description = "Two images are near-duplicates from this cosine similarity on; where it is not given, from where they are "
                + "twenty times closer than two images in the mean.",
        };
        var neighbors = new Option<int>("--neighbors")
        {
            Description = "The number of nearest images over which the distance of an outlier is averaged.",
            DefaultValueFactory = _ => 10,
        };
        var outliers = new Option<int>("--outliers") { Description = "Outliers to show.", DefaultValueFactory = _ => 12 };
        var precision = EmbeddingInputs.Precision();
        var json = Output.Json();
        var (inputs, settings, tiles) = (new EmbeddingInputs(), new FileSettings(), new TileInputs());
        var command = new Command("duplicates", "Find near-duplicates and outliers among images, by comparing all pairs.") { encoder };
        inputs.AddTo(command);
        settings.AddTo(command);
        tiles.AddTo(command);
        foreach (var option in (Option[])[threshold, neighbors, outliers, precision, json]) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var (typed, k, shown) = (parsed.GetValue(threshold), parsed.GetValue(neighbors), parsed.GetValue(outliers));
            if (typed is not (null or > 0 and <= 1))
                throw new ArgumentException($"--threshold {typed} must be above 0 and at most 1; use for instance 0.99.");
            if (k is < 1 or > 1000) throw new ArgumentException($"--neighbors {k} must lie between 1 and 1000.");
            if (shown is < 0 or > 10_000) throw new ArgumentException($"--outliers {shown} must lie between 0 and 10000.");
            var page = inputs.PagePath(parsed);
            return Interruption.Guard("leaving", cancellation =>
            {
                var given = parsed.GetValue(encoder);
                using var opened = given is null || inputs.Embeddings(parsed) is not null
                    ? null
                    : tiles.Apply(parsed, EncoderInput.Open(given, parsed.GetValue(precision), settings.Of(parsed)));
                using var data = inputs.Open(parsed, opened?.Preprocessing.Images, dataset => EmbeddedData.Compute(
                    opened ?? throw new ArgumentException("No encoder was given; give one, or --embeddings."), dataset, cancellation));
                if (data.Set.Images.Count < 2)
                    throw new ArgumentException($"{data.Name} holds one image that can be read; comparing needs two.");

                var least = typed ?? Found.Threshold(data.Set.Values);
                var groups = Found.Groups(data.Set.Values, least, cancellation);
                var far = Found.Outliers(Neighbors.Others(data.Set.Values, k, cancellation)).Take(shown).ToArray();
                var cost = SearchCost.Measure(data.Set.Dimension, k);
                if (page is not null) data.Page(page).OfDuplicates(Summary(data, least, groups), groups, far);
                var text = Text(data, least, groups, far, cost) + (page is null ? "" : Output.Wrote(page)) + Output.List(data.Unreadable);
                Output.Write(parsed.GetValue(json), Result(data, least, groups, far, page, cost), text);
                return ExitCodes.Done;
            });
        });
        return command;
    }

    private static object Result(
        EmbeddedData data, double threshold, IReadOnlyList<DuplicateGroup> groups, (int Index, double Distance)[] outliers, string? page,
        SearchCost cost) => new
    {
        page,
        data = data.Name,
        images = data.Set.Images.Count,
        threshold,
        groups = groups.Select(g => g.Members.Zip(g.Similarities,
            (i, s) => new { data.Set.Images[i].Name, data.Set.Images[i].Label, similarity = s })),
        outliers = outliers.Select(o => new { data.Set.Images[o.Index].Name, data.Set.Images[o.Index].Label, o.Distance }),
        secondsAtAMillion = cost.SecondsOfAllPairs,
        data.Unreadable,
    };

    private static string Text(
        EmbeddedData data, double threshold, IReadOnlyList<DuplicateGroup> groups, (int Index, double Distance)[] outliers, SearchCost cost)
    {
        var images = data.Set.Images;
        var text = "\n" + Summary(data, threshold, groups) + "\n\n";
        var members = groups.SelectMany((g, n) => g.Members.Select((i, m) =>
            (IReadOnlyList<string>)[images[i].Name, images[i].Label ?? "", $"{n + 1}", Output.Cosine(g.Similarities[m])])).ToList();
        if (members.Count > 0) text += Some(["near-duplicate", "label", "group", "nearest in it"], members);
        List<IReadOnlyList<string>> far = [.. outliers.Select(o => (IReadOnlyList<string>)
            [images[o.Index].Name, images[o.Index].Label ?? "", Output.Cosine(o.Distance)])];
        if (far.Count > 0) text += Some(["outlier", "label", "distance"], far);
        return text + cost.OfAllPairs();
    }

    private static string Some(IReadOnlyList<string> header, List<IReadOnlyList<string>> rows) => Table.Some(
        header, rows, RowsInTable, "--json and --out have all") + "\n";

    /// <summary>What was found, in a line.</summary>
    private static string Summary(EmbeddedData data, double threshold, IReadOnlyList<DuplicateGroup> groups) => string.Create(
        CultureInfo.InvariantCulture,
        $"{data.Set.Images.Count:N0} images of {data.Name}: {groups.Sum(g => g.Members.Count):N0} of them in "
        + $"{Counts.Of(groups.Count, "group")} of near-duplicates (every two of a group have a similarity of {threshold:0.####} or more)");
}
