using System.CommandLine;
using System.Globalization;
using Byol.Cli.Evaluations;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Evaluation;
using Byol.Training;

namespace Byol.Cli.Commands;

/// <summary>byol quickstart: everything once, on images that come with the program.</summary>
internal static class Quickstart
{
    private const string RecipeName = "quickstart", ClassifierFile = "clothes.onnx";
    private const int FewLabels = 5, FewLabelDraws = 10, ClassifierLabels = 300, Classified = 6;

    public static Command Create()
    {
        var output = new Option<string?>("--out") { Description = "The run's folder; runs/quickstart by default." };
        var (force, json) = (OutputPath.Force(), Output.Json());
        var command = new Command(
            "quickstart", "Baselines, pretraining and evaluation on 10,000 images that come with byol; minutes on two cores.")
        {
            output, force, json
        };
        command.SetAction(parsed =>
        {
            var recipe = RecipeFile.Open(RecipeName);
            var catalog = DatasetCatalog.FromEnvironment();
            var (train, test) = (catalog.Open($"{KnownDataset.BundledName}:train"), catalog.Open($"{KnownDataset.BundledName}:validation"));
            var folder = parsed.GetValue(output) ?? FreeFolder();
            OutputPath.Run(output.Name, folder, parsed.GetValue(force));
            OutputPath.RemoveRun(folder);
            using var run = PretrainingRun.Start(folder, recipe, train, header: $"byol {RecipeName}");

            var task = new EvaluationTask(train, test);
            var subject = new Subject(Subject.Random, null, recipe.Encoder, recipe.Views);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Baselines: {test.Count:N0} images classified by others of {train.Count:N0}."));
            var scores = Comparisons(recipe.Training)
                .Select(comparison => new Scores(comparison, task, subject, recipe.Training.Seed)).ToList();
            foreach (var score in scores)
                score.Add(score.Candidates.Row(Baseline.RawPixels)).Add(score.Candidates.Row(Baseline.UntrainedEncoder));

            Console.Error.WriteLine("Pretraining without labels.");
            using var interruption = new Interruption();
            run.NextSteps = NextSteps.After(run.Folder);
            var result = ConsoleProgress.Train(run, test, interruption.Token);
            if (!result.Finished)
            {
                Console.Error.WriteLine(
                    $"Interrupted; resume it with ./byol pretrain --data {train.Name} --validation {test.Name} --out {run.Folder} --resume, "
                    + "or start again.");
                return interruption.ExitCode;
            }

            var trained = Subject.FromFile(run.EncoderPath, FileSaid.Nothing);
            foreach (var score in scores)
                score.Add(new Candidates([task], trained, score.Comparison.Protocol, recipe.Training.Seed).Encoder());
            var labeled = train.Part($"{train.Name}, the first {ClassifierLabels}", 0, ClassifierLabels);
            var classifier = new ClassifierInUse(
                run.EncoderPath, labeled, test.Part(test.Name, 0, Classified), Path.Combine(run.Folder, ClassifierFile));
            var text = string.Concat(scores.Select(s => s.Table())) + classifier.Text() + Folder(run);
            var comparisons = scores.Select(s => new { protocol = s.Comparison.Protocol.Name, s.Rows });
            Output.Write(parsed.GetValue(json), new { run = run.Folder, comparisons, classifier = classifier.Result, result }, text);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>A protocol, and the labels that it gets.</summary>
    private sealed record Comparison(ChosenProtocol Protocol, LabelBudget Labels, int Draws);

    // With all labels, as the literature does, and with few, as those have who need an encoder.
    private static Comparison[] Comparisons(TrainingOptions training) =>
    [
        new(new ChosenProtocol(ChosenProtocol.Knn, new KnnProtocol(training.Knn), training.Precision), LabelBudget.All, 1),
        new(new ChosenProtocol(ChosenProtocol.Linear, new LinearProtocol { Warn = Warnings.Print }, training.Precision),
            LabelBudget.ParseList($"{FewLabels}-per-class")[0], FewLabelDraws),
    ];

    /// <summary>The rows of one comparison, as they come in.</summary>
    private sealed record Scores(Comparison Comparison, EvaluationTask Task, Subject Subject, ulong Seed)
    {
        public Candidates Candidates { get; } = new([Task], Subject, Comparison.Protocol, Seed);

        public List<EvaluationRow> Rows { get; } = [];

        public Scores Add(IReadOnlyList<IProbe> row)
        {
            using (row[0])
                Rows.Add(EvaluationRow.Score(row, [Task], Comparison.Protocol, Comparison.Labels, Comparison.Draws, Seed, null));
            Console.Error.WriteLine(
                $"  {Rows[^1].Features}, {Comparison.Protocol.Name}, labels {Rows[^1].Labels}: {Output.Percent(Rows[^1].Accuracy)}");
            return this;
        }

        public string Table() => EvaluationTable.Format(EvaluationTable.Heading(Comparison.Protocol, Task), Rows, Task);
    }

    private static string FreeFolder() =>
        Enumerable.Range(1, int.MaxValue)
            .Select(i => Path.Combine("runs", i == 1 ? RecipeName : $"{RecipeName}-{i}"))
            .First(f => !Directory.Exists(f));

    private static string Folder(PretrainingRun run) =>
        $"""

        Run folder {run.Folder}
          encoder.safetensors   the encoder
          {ClassifierFile}          the classifier, for ONNX Runtime and ML.NET
          views.png             images and the two views that training compares
          report.html           curves, views and a map of what was learned; opens in a browser, offline
          loss.svg              loss and accuracy over the epochs
          metrics.jsonl         every figure

        Next, with your own images (labels are not needed):
          ./byol preview  --data PHOTOS --out views.png
          ./byol pretrain --data PHOTOS --out runs/mine
        and where some of them lie in a folder for each class:
          ./byol compare    --data PHOTOS --train LABELED --out runs/compare     is pretraining worth it?
          ./byol classifier runs/mine --train LABELED --out parts.onnx
          ./byol predict    parts.onnx --data PHOTOS --out predictions.html

        """;
}
