using System.CommandLine;
using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Evaluation;
using Byol.Models;
using Byol.Reports;
using Byol.Training;

namespace Byol.Cli.Commands;

/// <summary>byol diagnose: what an encoder's representations are like, without any label.</summary>
internal static class Diagnose
{
    public static Command Create()
    {
        var encoder = new Argument<string>("encoder") { Description = EmbeddingInputs.EncoderHelp };
        var data = new Option<string>("--data") { Description = $"Images; labels are not needed. {DataInput.Help}", Required = true };
        var images = new Option<int>("--images")
        {
            Description = "The most images to measure; they are spread evenly over the data.",
            DefaultValueFactory = _ => 2000
        };
        var settings = new FileSettings("Weights of other programs: how images are prepared and views are drawn.");
        var spectrum = new Option<string?>("--spectrum") { Description = "An .svg to draw the spectrum in." };
        var seed = new Option<ulong>("--seed")
        {
            Description = "Draws the two views of an image, and the untrained encoder.",
            DefaultValueFactory = _ => 1
        };
        var precision = new Option<Precision>("--precision") { Description = "auto, float32 or bfloat16." };
        var (force, json) = (OutputPath.Force(), Output.Json());
        const string about = "Measure an encoder on images without labels: spread, effective rank, alignment, uniformity, spectrum.";
        var command = new Command("diagnose", about) { encoder, data, images, spectrum, seed, precision, force, json };
        settings.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(images) is < 2 or > 20_000)
                throw new ArgumentException($"--images {parsed.GetValue(images)} must lie between 2 and 20000.");
            var picture = parsed.GetValue(spectrum) is { } svg ? OutputPath.File(spectrum.Name, svg, parsed.GetValue(force), ".svg") : null;
            var subject = Subject.FromFile(parsed.GetValue(encoder)!, settings.Of(parsed));
            var dataset = DataInput.Open(parsed.GetValue(data)!, subject.Images);
            var toScore = subject.ToScore(parsed.GetValue(precision), parsed.GetValue(seed));
            using var trained = toScore.Open();
            using var untrained = toScore.Untrained(parsed.GetValue(seed)).Open();
            var (views, drawn) = Views(subject, settings.Of(parsed).Recipe);
            var (ours, random) = (Measure(trained), Measure(untrained));
            if (picture is not null) WholeFile.Write(picture, Draw(dataset.Name, ours, random));
            Output.Write(parsed.GetValue(json), new { data = dataset.Name, views = drawn, encoder = ours, untrained = random },
                Text(dataset.Name, drawn, ours, random) + (picture is null ? "" : Output.Wrote(picture)));
            return ExitCodes.Done;

            Diagnostics Measure(IImageEncoder network) =>
                Diagnostics.Of(network, dataset, views, parsed.GetValue(images), parsed.GetValue(seed));
        });
        return command;
    }

    // Alignment is of views as the run drew them; an encoder alone does not say how.
    private static (ViewOptions Views, string Drawn) Views(Subject encoder, string? named)
    {
        if (named is not null) return (RecipeFile.Open(named, Warnings.Print).Views, $"{named}'s");
        var folder = Path.GetDirectoryName(Path.GetFullPath(encoder.Path!))!;
        return PretrainingRun.IsOne(folder) ? (PretrainingRun.Open(folder).Recipe.Views, "the run's") : (encoder.Views, "the paper's");
    }

    private static string Text(string data, string drawn, Diagnostics ours, Diagnostics random)
    {
        var heading = string.Create(CultureInfo.InvariantCulture,
            $"\n{ours.Images:N0} images of {data}, {ours.Dimension} dimensions; views are drawn as {drawn}\n\n");
        return heading + Table.Format(["", "encoder", "untrained", "from (collapsed)", "to"],
            Row("spread (std of normalized features, times √d)", d => d.Std, "0", "1"),
            Row("effective rank (RankMe)", d => d.EffectiveRank, "1", Number(Math.Min(ours.Images, ours.Dimension))),
            Row("alignment of two views (low is close)", d => d.Alignment, "0", "4"),
            Row("uniformity (low is even)", d => d.Uniformity, "0", "-8")) + "\n";

        IReadOnlyList<string> Row(string name, Func<Diagnostics, double> figure, string collapsed, string other) =>
            [name, Number(figure(ours)), Number(figure(random)), collapsed, other];
    }

    private static string Draw(string data, Diagnostics ours, Diagnostics random) => SpectrumChart.Draw(
        $"Spectrum of representations of {data}", [("encoder", ours.Spectrum), ("untrained", random.Spectrum)]);

    private static string Number(double value) =>
        value.ToString(value >= 100 ? "F0" : value >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);
}
