using System.CommandLine;
using System.Globalization;
using Byol.Cli.Evaluations;
using Byol.Cli.Experiments;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Evaluation;
using Byol.Experiments;
using Byol.Runs;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Cli.Commands;

/// <summary>byol reproduce few-labels: the gain from pretraining with few labels.</summary>
internal static class ReproduceFewLabels
{
    private const int Epochs = 16, FineTuneEpochs = 5;
    private const string Title = "What does pretraining buy where labels are few?";

    // What the draws have in common.
    private sealed record Design(
        EvaluationTask Task, Recipe Recipe, IReadOnlyList<LabelBudget> Amounts, FineTuneOptions FineTune, int Seeds, int Repeats);

    public static Command Create()
    {
        var inputs = new ReproduceInputs("few-labels", Epochs);
        var labels = new Option<string[]>("--labels")
        {
            Description = "Labels to learn from: 1%, 10%, 5-per-class, all; several with commas.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["1%,10%,all"],
        };
        var fineTune = new Option<int>("--fine-tune-epochs")
        {
            Description = "Passes over the labeled images of fine-tuning and supervised training.",
            DefaultValueFactory = _ => FineTuneEpochs,
        };
        var leastSteps = new Option<int>("--fine-tune-steps")
        {
            Description = "The least steps of fine-tuning and supervised training: with few labels an epoch is a step or two.",
            DefaultValueFactory = _ => new FineTuneOptions().LeastSteps,
        };
        var repeats = new Option<int>("--repeats") { Description = "Draws of the labels for each seed.", DefaultValueFactory = _ => 1 };
        const string about =
            "BYOL fine-tuned and frozen, supervised training and a random encoder, over the number of labels and over the epochs.";
        var command = new Command("few-labels", about) { labels, fineTune, leastSteps, repeats };
        inputs.AddTo(command);
        command.SetAction(parsed =>
        {
            var recipe = inputs.Recipe.Resolve(parsed);
            var amounts = LabelBudget.ParseList(string.Join(',', parsed.GetValue(labels)!));
            var steps = parsed.GetValue(leastSteps);
            if (steps is < 0 or > 1_000_000)
                throw new ArgumentException($"{leastSteps.Name} {steps} must lie between 0 and 1000000; use for instance 400.");
            var schedule = new FineTuneOptions(epochs: ReproduceInputs.AtLeastOne(fineTune, parsed.GetValue(fineTune)), leastSteps: steps);
            var design = new Design(
                inputs.Task(parsed), recipe, amounts, schedule, inputs.SeedCount(parsed),
                ReproduceInputs.AtLeastOne(repeats, parsed.GetValue(repeats)));
            PretrainingRun.Validate(recipe, design.Task.Train);
            foreach (var amount in amounts)
                _ = LabelSampler.Indices(design.Task, amount, recipe.Training.Seed, 0);   // said before hours of work
            using var run = new ExperimentRun("few-labels", inputs.Folder(parsed), recipe, design.Task);
            using var interruption = new Interruption();
            if (Draws(run, design, interruption.Token) is not { } drawn) return ExperimentRun.Interrupted(interruption);
            Report(run, design, drawn, parsed.GetValue(inputs.Json));
            return ExitCodes.Done;
        });
        return command;
    }

    // Null if it was interrupted.
    private static List<FewLabelsDraw>? Draws(ExperimentRun run, Design design, CancellationToken cancellation)
    {
        var file = new ResultFile<FewLabelsDraw>(Path.Combine(run.Folder.Path, "draws.json"));
        var draws = new List<FewLabelsDraw>();
        try
        {
            for (var repetition = 0; repetition < design.Seeds; repetition++)
            {
                var arm = new Arm("BYOL", "byol", design.Recipe, null);
                if (!run.Train(arm, repetition, cancellation)) return null;
                var subject = new Subject(
                    null, RunDirectory.EncoderIn(run.RunFolder(arm.Folder, repetition)), design.Recipe.Encoder, design.Recipe.Views);
                var seed = arm.Repeated(repetition).Training.Seed;
                foreach (var method in FewLabelsMethod.All) draws.AddRange(Draws(file, method, design, subject, seed, cancellation));
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        return draws;
    }

    // The candidate, which has encoded all images, is made where a draw is missing.
    private static List<FewLabelsDraw> Draws(
        ResultFile<FewLabelsDraw> file, FewLabelsMethod method, Design design, Subject subject, ulong seed, CancellationToken cancellation)
    {
        var draws = new List<FewLabelsDraw>();
        IProbe? candidate = null;
        try
        {
            foreach (var (amount, repeat) in
                from amount in design.Amounts
                from repeat in Enumerable.Range(0, design.Repeats)
                select (amount, repeat))
            {
                var wanted = (method.Name, amount.ToString(), design.FineTune.Epochs, design.FineTune.LeastSteps, seed, repeat);
                draws.Add(file.Find(d => (d.Method, d.Labels, d.Epochs, d.LeastSteps, d.Seed, d.Repeat) == wanted)
                    ?? file.Add(Score(
                        candidate ??= Candidate(method, design, subject, seed), method, amount, design, seed, repeat, cancellation)));
            }
        }
        finally
        {
            candidate?.Dispose();
        }
        return draws;
    }

    private static IProbe Candidate(FewLabelsMethod method, Design design, Subject subject, ulong seed)
    {
        var options = method.Pretrained ? design.FineTune : design.FineTune.WithRatesOf(FineTuneOptions.FromScratch);
        Protocol protocol = method.Protocol switch
        {
            ChosenProtocol.Linear => new LinearProtocol(),
            ChosenProtocol.FineTuned => new FineTuneProtocol(options),
            _ => new SupervisedProtocol(options),
        };
        protocol.Warn = Warnings.Print;
        var chosen = new ChosenProtocol(method.Protocol, protocol, design.Recipe.Training.Precision);
        var (name, path) = method.Pretrained ? (subject.Name, subject.Path) : (Subject.Random, null);
        return new Candidates([design.Task], subject with { Name = name, Path = path }, chosen, seed).Rows(baselines: false).Single()()[0];
    }

    private static FewLabelsDraw Score(
        IProbe candidate, FewLabelsMethod method, LabelBudget amount, Design design, ulong seed, int repeat,
        CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        var indices = LabelSampler.Indices(design.Task, amount, seed, repeat);
        var drawSeed = seed + (ulong)repeat;
        var curve = candidate is FineTuneProbe trained ? trained.Curve(indices, drawSeed, cancellation) : [];
        var outcome = curve is [.., var last]
            ? last.Result
            : ClassificationResult.Of(candidate.Scores(indices, drawSeed), design.Task.TestLabels);
        var which = $"labels {amount} ({indices.Length}), seed {seed}, draw {repeat + 1} of {design.Repeats}";
        Console.Error.WriteLine($"{candidate.Name}, {which}: {Output.Percent(outcome.Accuracy)}");
        return new FewLabelsDraw(
            method.Name, amount.ToString(), indices.Length, design.FineTune.Epochs, design.FineTune.LeastSteps, seed, repeat,
            outcome.Accuracy, [.. curve.Select(c => new FewLabelsPoint(c.Epoch, c.Result.Accuracy))]);
    }

    private static void Report(ExperimentRun run, Design design, List<FewLabelsDraw> draws, bool json)
    {
        var (byLabels, byEpochs, test) = (FewLabels.ByLabels(draws), FewLabels.ByEpochs(draws), design.Task.Test.Name);
        var measured = string.Create(CultureInfo.InvariantCulture, $"{ExperimentRun.Scale(design.Task, design.Recipe, design.Seeds)}; ")
            + $"{design.Repeats} {(design.Repeats == 1 ? "draw" : "draws")} of labels each; "
            + $"fine-tuning {design.FineTune.Epochs} epochs, {design.FineTune.LeastSteps} steps at least";
        string[] notes =
        [
            "Paper: table 2a, ResNet-50 pretrained for 1000 epochs on ImageNet, 1,000 classes.",
            "Each seed has a pretraining and draws of labels of its own; draws are balanced over the classes.",
            "Accuracy over the epochs is of test images, and nothing is chosen by it; the learning rate falls to 0 at the last epoch.",
            Footing.OfFigures(design.Task),
        ];
        run.Write("table.md",
            $"# {Title}\n\n{measured}.\n\n{byLabels.Markdown()}\n![]({FewLabels.OverLabels})\n\n## By epochs of training with labels\n\n"
            + $"{byEpochs.Markdown()}\n![]({FewLabels.OverEpochs})\n\n{string.Concat(notes.Select(n => $"- {n}\n"))}");
        run.Write(FewLabels.OverLabels, FewLabels.LabelsChart(Title, test, draws));
        run.Write(FewLabels.OverEpochs, FewLabels.EpochsChart(test, draws));
        var result = new { experiment = "few-labels", data = design.Task.Train.Name, test, design.Recipe.Training.Epochs, notes, draws };
        Output.Write(json, result,
            $"\n{Title}\n{measured}\n\n{Table.Format(byLabels.Header, [.. byLabels.Rows])}\n"
            + $"{Table.Format(byEpochs.Header, [.. byEpochs.Rows])}\n"
            + $"{string.Concat(notes.Select(n => n + "\n"))}\n"
            + $"{run.Folder.Path}: table.md, draws.json, {FewLabels.OverLabels}, {FewLabels.OverEpochs}\n");
    }
}
