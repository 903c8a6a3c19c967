using System.CommandLine;
using System.Globalization;
using Byol.Evaluation;
using Byol.Experiments;
using Byol.Export;
using Byol.Interop;
using Byol.Reports;
using Byol.Runs;
using Byol.Training;

namespace Byol.Cli.Commands;

/// <summary>byol reproduce few-labels: what pretraining buys where labels are few.</summary>
internal static class ReproduceFewLabels
{
    private const int Epochs = 16, FineTuneEpochs = 5;
    private const string Title = "What does pretraining buy where labels are few?";

    /// <summary>A way to use labels, and the paper's ResNet-50 with 1 % and 10 % of ImageNet's (top-1, table 2a).</summary>
    private sealed record Method(string Name, string Protocol, bool Pretrained, double? One = null, double? Ten = null);

    private static readonly Method[] Methods =
    [
        new("BYOL, fine-tuned", Protocol.FineTuned, Pretrained: true, 53.2, 68.8),
        new("BYOL, frozen, linear probe", Protocol.Linear, Pretrained: true),
        new("supervised from scratch", Protocol.Supervised, Pretrained: false, 25.4, 56.4),
        new("random encoder, linear probe", Protocol.Linear, Pretrained: false),
    ];

    /// <summary>One draw of labels for one method; epochs are those of fine-tuning.</summary>
    private sealed record Draw(string Method, string Labels, int Labelled, int Epochs, ulong Seed, double Accuracy);

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
            Description = "Passes over the labelled images of fine-tuning and supervised training, or 400 steps where these are more.",
            DefaultValueFactory = _ => FineTuneEpochs,
        };
        var command = new Command("few-labels", "BYOL fine-tuned and frozen, supervised training and a random encoder over the number of labels.") { labels, fineTune };
        inputs.AddTo(command);
        command.SetAction(parsed =>
        {
            var seeds = inputs.SeedCount(parsed);
            var amounts = LabelAmount.ParseList(string.Join(',', parsed.GetValue(labels)!));
            var epochs = Reproduce.AtLeastOne(fineTune, parsed.GetValue(fineTune));
            var recipe = inputs.Recipe.Resolve(parsed);
            var task = inputs.Task(parsed);
            Trainer.Validate(recipe, task.Train, null);
            foreach (var amount in amounts) _ = LabelDraw.Indices(task, amount, recipe.Training.Seed, 0);   // said before hours of work
            using var run = new ExperimentRun("few-labels", inputs.Folder(parsed), recipe, task);
            using var interruption = new Interruption();
            var draws = Run(run, recipe, task, amounts, epochs, seeds, interruption.Token);
            if (draws is null) return Reproduce.Interrupted(interruption);

            var table = Tabulate(draws, amounts);
            var measured = $"{Reproduce.Scale(task, recipe, seeds)}; fine-tuning {epochs} epochs";
            string[] notes =
            [
                "Paper: table 2a, ResNet-50 pretrained for 1000 epochs on ImageNet, 1,000 classes.",
                "Each seed has a pretraining and a draw of labels of its own; draws are balanced over the classes.",
            ];
            run.Write("table.md", Reproduce.Markdown(Title, measured, table, notes));
            run.Write("plot.svg", LineChart.Draw(Title, new Axis("labels", Logarithmic: true), new Axis($"accuracy on {task.Test.Name}, %", Low: 0, High: 100), Curves(draws)));
            Output.Write(parsed.GetValue(inputs.Json), new { experiment = "few-labels", data = task.Train.Name, test = task.Test.Name, recipe.Training.Epochs, notes, draws },
                Reproduce.Text(Title, measured, table, notes) + $"{run.Folder.Path}: table.md, draws.json, plot.svg\n");
            return ExitCodes.Done;
        });
        return command;
    }

    private static List<Draw>? Run(ExperimentRun run, Recipe recipe, EvaluationTask task, IReadOnlyList<LabelAmount> amounts, int epochs, int seeds, CancellationToken cancellation)
    {
        var file = new ResultFile<Draw>(Path.Combine(run.Folder.Path, "draws.json"));
        var draws = new List<Draw>();
        for (var repetition = 0; repetition < seeds; repetition++)
        {
            var arm = new Arm("BYOL", "byol", recipe, null);
            if (!run.Train(arm, repetition, cancellation)) return null;
            var path = RunDirectory.EncoderIn(run.RunFolder(arm.Folder, repetition));
            var seed = arm.Repeated(repetition).Training.Seed;
            foreach (var method in Methods)
            {
                ICandidate? candidate = null;
                try
                {
                    foreach (var amount in amounts)
                    {
                        if (cancellation.IsCancellationRequested) return null;
                        draws.Add(file.Find(d => d.Method == method.Name && d.Labels == amount.ToString() && d.Epochs == epochs && d.Seed == seed)
                            ?? file.Add(Score(candidate ??= Candidate(method, task, recipe, path, epochs, seed), method, task, amount, epochs, seed)));
                    }
                }
                finally
                {
                    candidate?.Dispose();
                }
            }
        }
        return draws;
    }

    private static ICandidate Candidate(Method method, EvaluationTask task, Recipe recipe, string path, int epochs, ulong seed)
    {
        var options = (method.Pretrained ? new FineTuneOptions() : FineTuneOptions.FromScratch) with { Epochs = epochs };
        var protocol = new Protocol(method.Protocol, null, null, method.Protocol == Protocol.Linear ? null : options, recipe.Training.Precision);
        using var encoder = EncoderFile.Read(path, TorchRuntime.DefaultDevice).Encoder;
        var candidates = new Candidates(task, recipe.Views, protocol, seed, TorchRuntime.DefaultDevice);
        return method is { Protocol: Protocol.Linear, Pretrained: false } ? candidates.Untrained(recipe.Encoder) : candidates.Of(encoder, path, baselines: false).Single()();
    }

    private static Draw Score(ICandidate candidate, Method method, EvaluationTask task, LabelAmount amount, int epochs, ulong seed)
    {
        var row = EvaluationRow.Score(candidate, task, amount, 1, seed, Console.Error);
        return new Draw(method.Name, amount.ToString(), row.Labelled, epochs, seed, row.Accuracy);
    }

    private static List<Series> Curves(List<Draw> draws) =>
        [.. Methods.Select(m => new Series(m.Name,
            [.. draws.Where(d => d.Method == m.Name).GroupBy(d => d.Labelled).OrderBy(g => g.Key).Select(g => ((double)g.Key, 100 * g.Average(d => d.Accuracy)))]))];

    private static ExperimentTable Tabulate(List<Draw> draws, IReadOnlyList<LabelAmount> amounts)
    {
        var columns = draws.DistinctBy(d => d.Labels).Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Labels} ({d.Labelled:N0})"));
        var rows = Methods.Select(m => (IReadOnlyList<string>)
        [
            m.Name, .. amounts.Select(a => ExperimentTable.Percent(draws.Where(d => d.Method == m.Name && d.Labels == a.ToString()).Select(d => d.Accuracy))),
            ExperimentTable.Paper(m.One), ExperimentTable.Paper(m.Ten),
        ]);
        return new ExperimentTable(["", .. columns, "paper, 1 %", "paper, 10 %"], [.. rows]);
    }
}
