using System.CommandLine;
using Byol.Cli.Evaluations;
using Byol.Cli.Experiments;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Experiments;
using Byol.Reports;
using Byol.Training;

namespace Byol.Cli.Commands;

/// <summary>byol reproduce: the paper's experiments, at a scale of your own.</summary>
internal static class Reproduce
{
    private const int TauEpochs = 5, FixedTargetEpochs = 8, AugmentationEpochs = 7, Rounds = 3;

    public static Command Create()
    {
        var rounds = new Option<int>("--rounds")
        {
            Description = "Rounds, each of which predicts the network of the round before it.",
            DefaultValueFactory = _ => Rounds
        };
        const string about = "Repeat the paper's experiments: a table beside the paper's figures, in Markdown, JSON and SVG. "
            + "Interrupted, the same command resumes.";
        return new Command("reproduce", about)
        {
            Verb("tau", "Train with τ from 0 to 1: from a target that copies the network to one that never moves.", TauEpochs, (recipe, _) => TauExperiment.Of(recipe)),
            Verb("fixed-target", "Predict a random network, then the resulting network, round after round; then BYOL.", FixedTargetEpochs,
                (recipe, parsed) => FixedTargetExperiment.Of(recipe, ReproduceInputs.AtLeastOne(rounds, parsed.GetValue(rounds))), rounds),
            Verb("augmentations", "Train without some of the augmentations.", AugmentationEpochs, (recipe, _) => AugmentationExperiment.Of(recipe)),
        };
    }

    private static Command Verb(
        string name, string description, int epochs, Func<Recipe, ParseResult, Experiment> design, params Option[] more)
    {
        var inputs = new ReproduceInputs(name, epochs);
        var command = new Command(name, description);
        inputs.AddTo(command);
        foreach (var option in more) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var seeds = inputs.SeedCount(parsed);
            var recipe = inputs.Recipe.Resolve(parsed);
            var experiment = design(recipe, parsed);
            var task = inputs.Task(parsed);
            PretrainingRun.Validate(recipe, task.Train);
            using var run = new ExperimentRun(name, inputs.Folder(parsed), recipe, task);
            using var interruption = new Interruption();
            var results = Run(experiment, seeds, run, interruption.Token);
            if (results is null) return ExperimentRun.Interrupted(interruption);
            var table = ExperimentTable.Of(experiment, results);
            var measured = ExperimentRun.Scale(task, recipe, seeds);
            string[] notes = [.. experiment.Notes, Footing.OfFigures(task)];
            run.Write("table.md", Markdown(experiment.Title, measured, table, notes));
            run.Write("plot.svg",
                BarChart.Draw(experiment.Title, $"linear probe, {task.Test.Name}", "the paper", Bars(experiment, results)));
            var rows = experiment.Arms.Select(a => new { a.Name, a.Paper, runs = results.Where(r => r.Folder == a.Folder) });
            Output.Write(parsed.GetValue(inputs.Json),
                new { experiment = name, data = task.Train.Name, test = task.Test.Name, recipe.Training.Epochs, notes, rows },
                Text(experiment.Title, measured, table, notes) + $"{run.Folder.Path}: table.md, results.json, plot.svg\n");
            return ExitCodes.Done;
        });
        return command;
    }

    // Seed by seed: an interrupted experiment has whole tables of the first seeds.
    private static List<ArmResult>? Run(Experiment experiment, int seeds, ExperimentRun run, CancellationToken cancellation)
    {
        var results = new List<ArmResult>();
        for (var repetition = 0; repetition < seeds; repetition++)
        {
            foreach (var arm in experiment.Arms.DistinctBy(a => a.Folder))
            {
                if (run.Result(arm, repetition, cancellation) is not { } result) return null;
                results.Add(result);
            }
        }
        return results;
    }

    private static string Text(string title, string measured, ExperimentTable table, IReadOnlyList<string> notes) =>
        $"\n{title}\n{measured}\n\n{Table.Format(table.Header, [.. table.Rows])}\n{string.Concat(notes.Select(n => n + "\n"))}\n";

    private static string Markdown(string title, string measured, ExperimentTable table, IReadOnlyList<string> notes) =>
        $"# {title}\n\n{measured}.\n\n{table.Markdown()}\n{string.Concat(notes.Select(n => $"- {n}\n"))}\n![](plot.svg)\n";

    private static List<Bar> Bars(Experiment experiment, List<ArmResult> results) =>
        [.. experiment.Arms.Select(a => new Bar(a.Name,
            [.. results.Where(r => r.Folder == a.Folder).Select(r => 100 * r.Linear)], a.Paper))];
}
