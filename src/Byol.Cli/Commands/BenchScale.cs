using System.CommandLine;
using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Machine;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Training;

namespace Byol.Cli.Commands;

/// <summary>byol bench scale: what several processes gain on this machine.</summary>
internal static class BenchScale
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = DataInput.Help, DefaultValueFactory = _ => KnownDataset.BundledName };
        var steps = new Option<int>("--steps") { Description = "Steps that are timed, after 2 to warm up.", DefaultValueFactory = _ => 10 };
        var ranks = new Option<int[]>("--ranks")
        {
            Description = "Numbers of ranks: --ranks 2 4. Each process has cores of its own.", DefaultValueFactory = _ => [2, 4],
            AllowMultipleArgumentsPerToken = true,
        };
        var cores = new Option<int>("--cores") { Description = "Cores of each rank.", DefaultValueFactory = _ => 1 };
        var worker = new Option<bool>(ScaleMeasurement.Worker) { Hidden = true };
        var json = Output.Json();
        var inputs = new RecipeInputs("quickstart");
        const string About = "Images per second of ranks that Open MPI's mpirun starts, beside one process and several by themselves.";
        var command = new Command("scale", About)
        {
            data, steps, ranks, cores, json, worker
        };
        inputs.AddTo(command);
        command.SetAction(parsed =>
        {
            var recipe = inputs.Resolve(parsed);
            var images = DataInput.Open(parsed.GetValue(data)!);
            PretrainingRun.Validate(recipe, images);
            if (parsed.GetValue(steps) is < 1 or > 100_000)
                throw new ArgumentException($"--steps {parsed.GetValue(steps)} must lie between 1 and 100000; use for instance 10.");
            if (parsed.GetValue(worker))
            {
                ScaleMeasurement.Work(recipe, images, parsed.GetValue(steps));
                return ExitCodes.Done;
            }
            var (each, room) = (parsed.GetValue(cores), Environment.ProcessorCount);
            var counts = parsed.GetResult(ranks) is { Implicit: false }
                ? parsed.GetValue(ranks)! : [.. parsed.GetValue(ranks)!.Where(r => r * each <= room)];
            if (counts.FirstOrDefault(r => r < 1 || each < 1 || r * each > room) is not 0 and var most)
                throw new ArgumentException($"{most} ranks of {each} cores: this machine has {room}; use fewer.");
            if (counts.FirstOrDefault(r => recipe.Training.BatchSize % r != 0) is not 0 and var odd)
            {
                throw new ArgumentException(
                    $"Batch {recipe.Training.BatchSize} does not divide across {odd} ranks; use another --batch-size.");
            }
            string[] own = [ranks.Name, cores.Name, json.Name];
            var typed = parsed.Tokens.Select(t => t.Value).SkipWhile(t => t != "scale").Skip(1).ToList();
            List<ScaleRow> rows = [.. ScaleMeasurement.Measure(
                counts, each, [.. Without(typed, own)], recipe.Training.BatchSize, what => Console.Error.WriteLine($"{what} …"))];
            Output.Write(parsed.GetValue(json), rows, Describe(recipe, rows));
            return ExitCodes.Done;
        });
        return command;
    }

    // What the processes that are measured are told: data and recipe.
    private static IEnumerable<string> Without(IEnumerable<string> typed, string[] options)
    {
        var isOwn = false;
        foreach (var word in typed)
        {
            if (word.StartsWith('-')) isOwn = options.Contains(word.Split('=')[0]);
            if (!isOwn) yield return word;
        }
    }

    private static string Describe(Recipe recipe, List<ScaleRow> rows)
    {
        var one = rows[0].ImagesPerSecond / rows[0].Cores;
        return string.Create(
            CultureInfo.InvariantCulture, $"{recipe.Encoder}, {recipe.Views.ImageSize} px, batch {recipe.Training.BatchSize}\n\n")
            + Table.Format(["", "processes", "cores of each", "images/s", "for each core of one process", "of processes by themselves"],
                [.. rows.Select(r => (string[])
                [
                    r.What, Text($"{r.Processes}"), Text($"{r.Cores}"), Text($"{r.ImagesPerSecond:N1}"),
                    Text($"{r.ImagesPerSecond / (one * r.Processes * r.Cores):F2}"), OfCeiling(r, rows),
                ])])
            + "\nProcesses by themselves have a part of the batch each, and show what the cores can do at the same time.\n";
    }

    private static string OfCeiling(ScaleRow row, List<ScaleRow> rows) =>
        rows.FirstOrDefault(r => r.What == ScaleMeasurement.ByThemselves && r.Processes * r.Cores == row.Processes * row.Cores) is { } ceiling
            ? Text($"{row.ImagesPerSecond / ceiling.ImagesPerSecond:F2}") : "";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
