using System.CommandLine;
using System.Globalization;
using Byol.Data.Datasets;
using Byol.Evaluation;
using Byol.Export;
using Byol.Interop;
using Byol.Runs;
using Byol.Training;

namespace Byol.Cli.Commands;

/// <summary>byol quickstart: the whole way once, on images that come with the program.</summary>
internal static class Quickstart
{
    private const string RecipeName = "quickstart";

    public static Command Create()
    {
        var output = new Option<string?>("--out") { Description = "The run's folder; runs/quickstart by default." };
        var json = Output.Json();
        var command = new Command("quickstart", "Baselines, pretraining and evaluation on 10,000 images that come with byol; minutes on two cores.") { output, json };
        command.SetAction(parsed =>
        {
            var recipe = RecipeFile.Open(RecipeName);
            var catalog = DatasetCatalog.FromEnvironment();
            var (train, test) = (catalog.Open($"{KnownDataset.BundledName}:train"), catalog.Open($"{KnownDataset.BundledName}:validation"));
            using var run = PretrainingRun.Start(parsed.GetValue(output) ?? FreeFolder(), recipe, train, RecipeName);

            var training = recipe.Training;
            var protocol = new Protocol(Protocol.KnnName, new KnnOptions(training.KnnNeighbours, training.KnnTemperature), null, null, training.Precision);
            var task = new EvaluationTask(train, test);
            var candidates = new Candidates(task, new Subject(Subject.Random, null, recipe.Encoder, recipe.Views), protocol, training.Seed);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Baselines: {test.Count:N0} images classified by their nearest neighbours among {train.Count:N0}."));
            var rows = new List<EvaluationRow> { Score(candidates.RawPixels()), Score(candidates.Untrained()) };
            foreach (var row in rows) Console.Error.WriteLine($"  {row.Features}: {Output.Percent(row.Accuracy)}");

            Console.Error.WriteLine("Pretraining without labels.");
            using var interruption = new Interruption();
            var result = PretrainingRun.Execute(recipe, train, test, run, resume: false, interruption.Token);
            if (!result.Finished)
            {
                Console.Error.WriteLine($"Interrupted; go on with ./byol pretrain --data {train.Name} --validation {test.Name} --out {run.Path} --resume, or start again.");
                return interruption.ExitCode;
            }

            rows.Add(Score(candidates.Encoded(Candidates.OurEncoder, EncoderFile.Read(run.Encoder, TorchRuntime.DefaultDevice).Encoder)));
            var table = EvaluationTable.Format(EvaluationTable.Heading(protocol, task), rows, task);
            Output.Write(parsed.GetValue(json), new { run = run.Path, rows, result }, table + NextSteps(run));
            return ExitCodes.Done;

            EvaluationRow Score(ICandidate candidate)
            {
                using (candidate) return EvaluationRow.Score(candidate, task, LabelAmount.All, 1, training.Seed, null);
            }
        });
        return command;
    }

    private static string FreeFolder() =>
        Enumerable.Range(1, int.MaxValue).Select(i => Path.Combine("runs", i == 1 ? RecipeName : $"{RecipeName}-{i}")).First(f => !Directory.Exists(f));

    private static string NextSteps(RunDirectory run) =>
        $"""
        Run folder {run.Path}
          encoder.safetensors   the encoder
          views.png             images and the two views that training compares
          loss.svg              loss and accuracy over the epochs
          metrics.jsonl         every figure

        Next, with your own images (labels are not needed):
          ./byol preview  --data PHOTOS --out views.png
          ./byol pretrain --data PHOTOS --out runs/mine
        and where some of them lie in a folder for each class:
          ./byol evaluate runs/mine --train LABELLED --test OTHERS --baselines

        """;
}
