using System.CommandLine;
using Byol.Cli.Evaluations;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Evaluation;
using Byol.Reports;

namespace Byol.Cli.Commands;

/// <summary>byol evaluate: measures an encoder with labels.</summary>
internal static class Evaluate
{
    private const int FoldCount = 5;
    private const int FewClasses = 6;   // up to here the classes are shown one by one without being asked for

    public static Command Create()
    {
        var encoder = Subject.Argument();
        var settings = Subject.Settings();
        var train = new Option<string>("--train") { Description = $"Labeled images to learn from. {DataInput.Help}", Required = true };
        var test = new Option<string?>("--test")
        {
            Description = $"Labeled images that are classified. Without it those of --train are, in {FoldCount} folds: each by what is "
                + "learned from the others, near-duplicates kept in one fold.",
        };
        var labels = new Option<string[]>("--labels")
        {
            Description = "Labels to learn from: 1%, 10%, 5-per-class, all; several with commas. "
                + "Draws are balanced over the classes, and a larger draw contains the smaller ones.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["all"],
        };
        var repeats = new Option<int>("--repeats")
        {
            Description = "Draws of the labels; the table has mean and standard deviation.",
            DefaultValueFactory = _ => 1
        };
        var seed = new Option<ulong>("--seed")
        {
            Description = "Draws labels, untrained weights, folds, order and crops.",
            DefaultValueFactory = _ => 1
        };
        var baselines = new Option<bool>("--baselines")
        {
            Description = "Also score raw pixels, their principal components and an untrained encoder."
        };
        var perClass = new Option<bool>("--per-class")
        {
            Description = $"Recall, precision and confusion of each class; shown in any case up to {FewClasses} classes."
        };
        var confusion = new Option<string?>("--confusion") { Description = "An .svg to draw the confusion matrix in." };
        var report = new Option<string?>("--out")
        {
            Description = "An .html report: table, confusion, and images with wrong and right predictions.",
        };
        var (force, json) = (OutputPath.Force(), Output.Json());
        var (protocol, tiles) = (new ProtocolInputs(), new TileInputs());
        var command = new Command("evaluate", "Score an encoder on labeled images.") { encoder, train, test };
        settings.AddTo(command);
        protocol.AddTo(command);
        tiles.AddTo(command);
        foreach (var option in (Option[])[labels, repeats, seed, baselines, perClass, confusion, report, force, json]) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var chosen = protocol.Resolve(parsed);
            var amounts = LabelBudget.ParseList(string.Join(',', parsed.GetValue(labels)!));
            var (draws, first) = (parsed.GetValue(repeats), parsed.GetValue(seed));
            if (draws is < 1 or > 1000) throw new ArgumentException($"--repeats {draws} must lie between 1 and 1000; use for instance 3.");
            var picture = parsed.GetValue(confusion) is { } svg ? OutputPath.File(confusion.Name, svg, parsed.GetValue(force), ".svg") : null;
            var page = parsed.GetValue(report) is { } typed ? OutputPath.File(report.Name, typed, parsed.GetValue(force), ".html") : null;
            IDataset? learned = null;
            IDataset Learned(ImageOptions images) => learned ??= DataInput.Open(parsed.GetValue(train)!, images);
            var subject = tiles.Apply(parsed, Subject.Find(parsed.GetValue(encoder)!, settings.Of(parsed), Learned), chosen);
            var images = Learned(subject.Images);
            var folds = parsed.GetValue(test) is null ? FoldedImages.Of(images, FoldCount, first) : null;
            var task = new EvaluationTask(images, folds is null ? DataInput.Open(parsed.GetValue(test)!, subject.Images) : images);
            var tasks = folds?.Tasks ?? [task];
            chosen = chosen.For(amounts.Min(a => tasks.Min(t => LabelSampler.Indices(t, a, first, 0).Length)));

            var rows = new List<EvaluationRow>();
            foreach (var make in new Candidates(tasks, subject, chosen, first).Rows(parsed.GetValue(baselines)))
            {
                var row = make();
                try
                {
                    foreach (var amount in amounts)
                    {
                        var needed = row[0].IsRepeatable && amount == LabelBudget.All ? 1 : draws;
                        rows.Add(EvaluationRow.Score(row, tasks, chosen, amount, needed, first, Console.Error));
                    }
                }
                finally
                {
                    foreach (var probe in row) probe.Dispose();
                }
            }

            if (folds is null && task.ClassifiesTrainingImages)
            {
                Warnings.Print(
                    $"{task.Train.Name} is both learned from and classified, so the accuracy says nothing about other images; "
                    + "give other images to --test, or leave it out.");
            }
            var last = rows[^1];
            if (picture is not null)
            {
                var title = $"{last.Features}, {chosen.Name}, labels {last.Labels}, {task.Test.Name}: {Output.Percent(last.Accuracy)}";
                WholeFile.Write(picture, ConfusionPicture.Draw(title, task.Classes, last.Confusion));
            }
            var table = EvaluationTable.Format(folds?.Heading(chosen) ?? EvaluationTable.Heading(chosen, task), rows, task);
            var text = table;
            if (parsed.GetValue(perClass) || task.Classes.Count <= FewClasses) text += EvaluationTable.PerClass(last, task.Classes);
            if (picture is not null) text += Output.Wrote(picture);
            if (page is not null)
            {
                EvaluationReport.Write(page, table, last, tasks, task.Classes);
                text += Output.Wrote(page);
            }
            var result = new
            {
                protocol = chosen.Name, options = chosen.Options,
                train = task.Train.Name, test = folds is null ? task.Test.Name : null, folds = folds?.Tasks.Count, groups = folds?.Groups,
                task.Classes,
                testImages = task.Test.Count, task.Chance, task.MajorityClass, task.MajorityShare,
                seed = first, rows
            };
            Output.Write(parsed.GetValue(json), result, text);
            return ExitCodes.Done;
        });
        return command;
    }
}
