using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Comparison;
using Byol.Reports;
using Byol.Training;

namespace Byol.Cli.Commands;

/// <summary>byol compare: is pretraining worth it on these images?</summary>
internal static class Compare
{
    private const string UsualEncoder = "imagenet-resnet18", NoEncoder = "none";

    public static Command Create()
    {
        var data = new Option<string>("--data")
        {
            Description = $"Images to pretrain on; labels are not needed. {DataInput.Help}", Required = true,
        };
        var train = new Option<string>("--train") { Description = "Labeled images to learn from.", Required = true };
        var test = new Option<string?>("--test")
        {
            Description = "Labeled images to classify. Without it those of --train are classified, in 5 folds, with near-duplicates in one.",
        };
        var output = new Option<string>("--out")
        {
            Description = "A folder for scores, runs and report; with that of an interrupted comparison the same command resumes it, also "
                + "with another budget.",
            Required = true,
        };
        var budget = new Option<string>("--budget")
        {
            Description = "Time for everything: 30m, 2h. Pretraining gets the time that scoring leaves; a budget that is too short is refused at once.",
            DefaultValueFactory = _ => "30m",
        };
        var initFrom = new Option<string>("--init-from")
        {
            Description = "The encoder to compare with, which BYOL also continues: a name of byol encoders list, a run or a file, or none. "
                + $"Architecture and normalization are its own; the recipe is {RecipeInputs.Continuing}.",
            DefaultValueFactory = _ => UsualEncoder,
        };
        var repeats = new Option<int>("--repeats") { Description = "Draws of the labels.", DefaultValueFactory = _ => 10 };
        var fineTune = new Option<bool>("--finetune") { Description = "Fine-tune every encoder on the labels too; that time is extra." };
        var json = Output.Json();
        var inputs = new RecipeInputs("folder");
        var command = new Command(
            "compare", "Is pretraining worth it? Pixels, random and pretrained encoders beside BYOL, over few labels, and a verdict.")
        {
            data, train, test, output, budget, initFrom, repeats, fineTune, json
        };
        inputs.AddTo(command);
        command.SetAction(parsed =>
        {
            var start = Stopwatch.GetTimestamp();
            var fromRandom = inputs.Resolve(parsed);
            var folder = parsed.GetValue(output)!;
            var typed = parsed.GetValue(initFrom)!;
            InitialEncoder Initial() => InitialEncoder.Open(typed, FileSaid.Nothing,
                () => DataInput.Open(parsed.GetValue(data)!, fromRandom.Images), basis => inputs.Adapt(parsed, basis));
            using var initial = typed == NoEncoder ? null : Initial();
            if (initial is not null) Console.Error.WriteLine(initial.Beginning);
            var plan = new ComparisonPlan(
                data: reading => DataInput.Open(parsed.GetValue(data)!, reading),
                train: reading => DataInput.Open(parsed.GetValue(train)!, reading),
                test: parsed.GetValue(test) is { } others ? reading => DataInput.Open(others, reading) : null,
                fromRandom: fromRandom,
                fitEncoder: !inputs.NamesEncoder(parsed),
                pretrained: initial is null ? null : new ComparedEncoder(initial.Name, () => Initial().Opened, initial.Recipe),
                budget: RecipeFile.Set(fromRandom, $"training.budget={parsed.GetValue(budget)}", Warnings.Print).Training.Budget,
                draws: parsed.GetValue(repeats),
                seed: fromRandom.Training.Seed,
                fineTune: parsed.GetValue(fineTune));
            return Interruption.Guard("the same command resumes from here", cancellation =>
            {
                var report = EncoderComparison.Run(
                    folder, plan, (run, stop) => ConsoleProgress.Train(run, null, stop).Finished,
                    line => Console.Error.WriteLine(ToolWords.Of(line)), Stopwatch.GetElapsedTime(start), cancellation);
                File.WriteAllText(Path.Combine(folder, "report.json"), JsonSerializer.Serialize(Result(report), Output.Options));
                WholeFile.Write(Path.Combine(folder, "report.html"), stream =>
                {
                    using var page = new StreamWriter(stream, leaveOpen: true);
                    Gallery.Write(page, report.Verdict, report.Description, Table(report), [report.Picture()], []);
                });
                Output.Write(parsed.GetValue(json), Result(report), Text(report, folder));
                return ExitCodes.Done;
            });
        });
        return command;
    }

    private static object Result(ComparisonReport report) =>
        new { report.Verdict, report.Recommended, report.IsTrained, report.Beaten, report.Description, report.Notes, report.Rows };

    private static string Text(ComparisonReport report, string folder) =>
        $"\n{report.Description}. {Table(report)}\n{report.Verdict}\n\n"
        + $"{folder}: report.html, report.md, report.svg, report.json, scores.json, and the runs\n";

    private static string Table(ComparisonReport report)
    {
        var (header, rows) = report.Table();
        return $"{report.Measure}\n\n{Terminal.Table.Format(header, [.. rows])}\n"
            + string.Concat(report.Notes.Select(n => $"{ToolWords.Of(n)}\n"));
    }
}
