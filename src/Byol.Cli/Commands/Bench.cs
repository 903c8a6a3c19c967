using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Byol.Cli.Inputs;
using Byol.Cli.Machine;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Training;

namespace Byol.Cli.Commands;

/// <summary>byol bench: three networks' steps on this machine, with the images that come with it, beside the committed table.</summary>
internal static class Bench
{
    private const int Steps = 6;

    /// <summary>What bench/step.py wrote: bench/results/step.json.</summary>
    private sealed record Measured(string Processor, string Date, string Commit, IReadOnlyList<Row> Networks);

    /// <summary>A network of the table: its title, what makes its recipe, and how fast it was.
    /// The share is of the machine's own peak, 0 to 1.</summary>
    private sealed record Row(string Title, IReadOnlyList<string> Arguments, double ImagesPerSecond, double ShareOfPeak);

    private sealed record Compared(
        string Network, double ImagesPerSecond, double ShareOfPeak, double ImagesPerSecondThere, double ShareOfPeakThere, double Ratio);

    public static Command Create()
    {
        var json = Output.Json();
        const string about = "Measure this machine: without a verb, three networks' steps beside the committed table.";
        var command = new Command("bench", about) { json };
        command.SetAction(parsed =>
        {
            var there = Committed();
            var compared = there.Networks.Select(Compare).ToList();
            Output.Write(parsed.GetValue(json), new { there = new { there.Processor, there.Date, there.Commit }, networks = compared },
                Describe(there, compared));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Measured Committed()
    {
        using var stream = typeof(Bench).Assembly.GetManifestResourceStream("step.json")!;
        return JsonSerializer.Deserialize<Measured>(stream, Output.Options)!;
    }

    /// <summary>The recipes of the committed table.</summary>
    internal static IReadOnlyList<Recipe> Recipes() => [.. Committed().Networks.Select(RecipeOf)];

    private static Recipe RecipeOf(Row row)
    {
        var inputs = new RecipeInputs("quickstart");
        var command = new Command("step");
        inputs.AddTo(command);
        return inputs.Resolve(command.Parse(row.Arguments));
    }

    private static Compared Compare(Row there)
    {
        Console.Error.WriteLine($"{there.Title} …");
        var here = StepSpeed.Measure(RecipeOf(there), DataInput.Open(KnownDataset.BundledName), Steps, withProfile: false);
        return new Compared(there.Title, here.ImagesPerSecond, here.ShareOfPeak, there.ImagesPerSecond, there.ShareOfPeak,
            here.ImagesPerSecond / there.ImagesPerSecond);
    }

    private static string Describe(Measured there, IReadOnlyList<Compared> compared) =>
        $"A step of BYOL here, and there: {there.Processor} ({there.Date}, commit {there.Commit})\n\n"
        + Table.Format(["network", "here, images/s", "of this peak", "there, images/s", "of that peak", "here / there"],
            [.. compared.Select(c => (string[])
            [
                c.Network, Text($"{c.ImagesPerSecond:N1}"), Text($"{100 * c.ShareOfPeak:F0} %"),
                Text($"{c.ImagesPerSecondThere:N1}"), Text($"{100 * c.ShareOfPeakThere:F0} %"), Text($"{c.Ratio:F2}"),
            ])])
        + "\nA low share of the peak means that another program uses the cores, "
        + "or that the loader has too few of them (byol bench step says which).\n";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
