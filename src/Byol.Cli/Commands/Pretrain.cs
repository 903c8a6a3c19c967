using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Distributed;
using Byol.Interop;
using Byol.Reports;
using Byol.Runs;
using Byol.TensorBoard;
using Byol.Training;

namespace Byol.Cli.Commands;

/// <summary>byol pretrain: from unlabeled images to an encoder.</summary>
internal static class Pretrain
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = DataInput.Help, Required = true };
        var output = new Option<string>("--out")
        {
            Description = "The run's folder; new or empty, with --resume that of the run, with --force that of a run to replace.",
            Required = true
        };
        var validation = new Option<string?>("--validation") { Description = "Labeled images for the online kNN; never trained on." };
        var resume = new Option<bool>("--resume") { Description = "Resume the run in --out." };
        var acceptOther = new Option<bool>("--accept-other-data")
        {
            Description = "With --resume: train on with images other than those that the run began with.",
        };
        var initFrom = new Option<string?>("--init-from")
        {
            Description = "Begin with an encoder instead of random weights: a name of byol encoders list, a run, or a file (safetensors, "
                + ".pt, .pth, .onnx). Architecture and normalization are its own, and the recipe is "
                + $"{RecipeInputs.Continuing} unless one is named.",
        };
        var log = new Option<string?>("--log") { Description = "tensorboard: write event files into the run's folder too." };
        log.AcceptOnlyFromAmong("tensorboard");
        var model = FileSettings.Model();
        var device = new Option<string?>("--device")
        {
            Description = "Where to compute: cpu, cuda, or cuda:1 for the second GPU; by default the GPU if there is one.",
        };
        var (force, json) = (OutputPath.Force(), Output.Json());
        var inputs = new RecipeInputs("folder");
        var ranked = new RankInputs();
        var command = new Command("pretrain", "Train an encoder on images without labels.")
        {
            data, output, validation, initFrom, model, resume, acceptOther, device, log, force, json
        };
        inputs.AddTo(command);
        inputs.AddBudgetTo(command);
        command.Options.Add(ranked.SilenceLimit);
        command.SetAction(parsed =>
        {
            var start = Stopwatch.GetTimestamp();
            // Checks first and makes the folder last, so that a mistake leaves nothing behind.
            var path = parsed.GetValue(output)!;
            var resumes = parsed.GetValue(resume);
            Ranks.Current.LimitSilence(ranked.Resolve(parsed));
            _ = DeviceName.Parse(parsed.GetValue(device));
            if (resumes && parsed.GetValue(force))
                throw new ArgumentException($"{force.Name} replaces the run in {path} and {resume.Name} resumes it; leave one of them out.");
            if (!resumes && Ranks.Current.Rank == 0)
                OutputPath.Run(output.Name, path, parsed.GetValue(force), $"add {resume.Name} to resume it, ");
            if (!resumes && parsed.GetValue(acceptOther))
            {
                throw new ArgumentException(
                    "--accept-other-data goes with --resume alone: a new run takes the images of --data; leave it out.");
            }
            using var initial = parsed.GetValue(initFrom) is { } typed ? Initial(typed) : null;
            if (initial is null && !resumes) inputs.RequireEncoder(parsed);
            var recipe = resumes ? inputs.Resolve(parsed, PretrainingRun.Open(path).Recipe) : initial?.Recipe ?? inputs.Resolve(parsed);
            var images = DataInput.Open(parsed.GetValue(data)!, recipe.Images);
            if (recipe.Images.Depth == 0) recipe = recipe with { Images = recipe.Images with { Depth = images.OpenedWith().Depth } };
            var labeled = parsed.GetValue(validation) is { } name ? DataInput.Open(name, recipe.Images) : null;
            PretrainingRun.Validate(recipe, images, labeled);
            if (initial is not null && !resumes) Console.Error.WriteLine(initial.Beginning);
            if (!resumes && initial is null && inputs.FitsEncoder(parsed)) recipe = Fit(recipe, images, Stopwatch.GetElapsedTime(start));
            if (!resumes && Ranks.Current.Rank == 0) OutputPath.RemoveRun(path);
            using var run = resumes ? Resume(path, images, recipe, parsed.GetValue(acceptOther))
                : PretrainingRun.Start(path, recipe, images, initial?.Opened,
                    $"byol {string.Join(' ', Environment.GetCommandLineArgs().Skip(1))}");

            using var interruption = new Interruption();
            (run.Spent, run.NextSteps) = (Stopwatch.GetElapsedTime(start), NextSteps.After(run.Folder));
            run.ComputeOn(DeviceName.Parse(parsed.GetValue(device)));
            using var tensorBoard = parsed.GetValue(log) is not null && Ranks.Current.Rank == 0 ? new TensorBoardLog(run.Folder) : null;
            var result = ConsoleProgress.Train(run, labeled, interruption.Token, tensorBoard);
            var passedOver = DatasetNotes.Of(images).PassedOver;
            Output.Write(parsed.GetValue(json),
                new { run = run.Folder, encoder = run.EncoderPath, init_from = initial?.Opened.Origin, result, passedOver },
                Describe(run, result));
            // Where another rank was interrupted, this one was not.
            return result.Finished ? ExitCodes.Done : interruption.ExitCode is not ExitCodes.Done and var code ? code : ExitCodes.Interrupted;

            InitialEncoder Initial(string typed)
            {
                var begun = resumes ? PretrainingRun.Open(path) : null;
                var named = InitialEncoder.Open(
                    typed, new FileSaid(null, parsed.GetValue(model)!), () => DataInput.Open(parsed.GetValue(data)!),
                    basis => begun?.Recipe ?? inputs.Continue(parsed, basis));
                if (begun is not null && Ranks.Current.Rank == 0) named.RequireBegan(begun);
                return named;
            }
        });
        return command;
    }

    private static PretrainingRun Resume(string path, IDataset images, Recipe recipe, bool acceptOther)
    {
        var run = PretrainingRun.Resume(path, images, recipe, acceptOther);
        if (run.Kept.Count > 0)
        {
            Warnings.Print($"an earlier version began the run in {path}, and it keeps what that version did: {string.Join(", ", run.Kept)}; "
                + "start a run in another --out to change that.");
        }
        return run;
    }

    private static Recipe Fit(Recipe recipe, IDataset images, TimeSpan spent)
    {
        Console.Error.WriteLine($"How wide an encoder fits into {CheckpointInterval.Of(recipe.Training.Budget)}?");
        var fitted = EncoderSizing.Choose(recipe, images, TorchRuntime.DefaultDevice, spent, trial => Console.Error.WriteLine(
            string.Create(CultureInfo.InvariantCulture,
                $"  {EncoderNames.Of(trial.Encoder),-15} {trial.ImagesPerSecond,7:N0} images/s, {trial.Images:N0} in the time; "
                + $"it needs about {trial.Wanted:N0}")));
        Console.Error.WriteLine($"  {EncoderNames.Of(fitted.Encoder)} is trained; use --encoder to choose another.");
        return fitted;
    }

    // What a run that began with an encoder must say: whether it is better than that one.
    private static string DidItHelp(PretrainingRun run, TrainingResult result)
    {
        if (result is not { Best: { } best, Initial: { } initial })
        {
            return "  did it help?   not known: no labeled images were given; find out with byol compare, or with byol evaluate on both encoders"
                + Environment.NewLine;
        }
        var (before, after) = (Of(initial), Of(best));
        return best.Step == 0
            ? $"  NOT BETTER     no evaluation was better than the encoder that it began with ({before}): use {run.InitialEncoderPath}"
                + Environment.NewLine
            : $"  did it help?   best after epoch {best.Epoch:0.#}: {after}, where it began: {before}" + Environment.NewLine
                + $"  best encoder   {run.BestEncoderPath}" + Environment.NewLine;

        static string Of(KnnRecord record) => record.Linear is { } linear
            ? $"linear probe {Output.Percent(linear)}, kNN {Output.Percent(record.Knn)}" : $"kNN {Output.Percent(record.Knn)}";
    }

    private static string Describe(PretrainingRun run, TrainingResult result)
    {
        var text = new StringBuilder();
        text.AppendLine(result.Finished
            ? $"Done: {run.EncoderPath}"
            : $"Interrupted at step {result.Steps}; resume it by the same command with --resume.");
        if (!double.IsNaN(result.Loss)) text.AppendLine(CultureInfo.InvariantCulture, $"  loss           {result.Loss:F3}  (0 to 8)");
        if (result.Spread is { } spread)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  spread         {spread:F2}  (0 collapsed; byol diagnose sets it beside an untrained encoder's)");
        }
        if (result.Collapsed) text.AppendLine("  COLLAPSED      most images have nearly the same embedding: the encoder is of no use");
        if (result.Shortfall is { } shortfall) text.AppendLine($"  TOO SHORT      {shortfall}");
        if (result.Knn is { } knn) text.AppendLine(CultureInfo.InvariantCulture, $"  kNN            {Output.Percent(knn)}");
        if (result.Linear is { } linear) text.AppendLine($"  linear probe   {Output.Percent(linear)}  (balanced)");
        if (result.Probe is { } probe) text.AppendLine(CultureInfo.InvariantCulture, $"  online probe   {Output.Percent(probe)}");
        if (File.Exists(run.InitialEncoderPath)) text.Append(DidItHelp(run, result));
        text.AppendLine(CultureInfo.InvariantCulture, $"  time           {TimeSpan.FromSeconds(Math.Round(result.Seconds)):c}");
        if (File.Exists(run.LossCurvePath)) text.AppendLine($"  curve          {run.LossCurvePath}");
        text.AppendLine($"  views          {run.ViewsPath}");
        text.AppendLine($"  report         {RunReport.PathIn(run.Folder)}  (opens in a browser, offline)");
        return text.ToString();
    }
}
