using System.CommandLine;
using Byol.Cli.Evaluations;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Encoders;
using Byol.Evaluation;
using Byol.Evaluation.Classification;
using Byol.OnnxRuntime;
using Made = Byol.Evaluation.Classification.Classifier;

namespace Byol.Cli.Commands;

/// <summary>byol classifier: an encoder and labeled images become a classifier in one ONNX file.</summary>
internal static class Classifier
{
    public static Command Create()
    {
        var encoder = new Argument<string>("encoder") { Description = EmbeddingInputs.EncoderHelp };
        var (settings, tiles) = (new FileSettings(), new TileInputs());
        var train = new Option<string>("--train") { Description = $"Labeled images to learn from. {DataInput.Help}", Required = true };
        var output = new Option<string>("--out") { Description = "The .onnx file to write; a card is written beside it.", Required = true };
        var finetune = new Option<bool>("--finetune")
        {
            Description = "Train the encoder's weights too: one network for each fold and one for all images, so it takes long.",
        };
        var epochs = new Option<int?>("--epochs") { Description = "With --finetune: passes over the labeled images." };
        var folds = new Option<int>("--folds")
        {
            Description = "Parts that are held out in turn, for the figures and for calibration.",
            DefaultValueFactory = _ => ClassifierOptions.UsualFolds,
        };
        var unweighted = new Option<bool>("--unweighted") { Description = "Let every image count the same, instead of every class." };
        var seed = new Option<ulong>("--seed") { Description = "Draws folds, order and crops.", DefaultValueFactory = _ => 1 };
        var force = OutputPath.Force();
        var json = Output.Json();
        const string about = "Make a classifier of an encoder and labeled images: calibrated, with a score of novelty, in one ONNX file.";
        var command = new Command("classifier", about)
        {
            encoder, train, output, finetune, epochs, folds, unweighted, seed, force, json,
        };
        settings.AddTo(command);
        tiles.AddTo(command);
        command.SetAction(parsed =>
        {
            var path = OutputPath.File(output.Name, parsed.GetValue(output)!, parsed.GetValue(force), ".onnx");
            OutputPath.New(output.Name, parsed.GetValue(force), Path.ChangeExtension(path, ".json"));
            if (parsed.GetValue(epochs) is { } given && !parsed.GetValue(finetune))
                throw new ArgumentException($"--epochs {given} goes with --finetune alone; leave it out.");
            var tiled = tiles.Of(parsed);
            var options = new ClassifierOptions(
                fineTune: parsed.GetValue(finetune) ? Tuning(parsed.GetValue(epochs)) : null, balanced: !parsed.GetValue(unweighted),
                folds: parsed.GetValue(folds), seed: parsed.GetValue(seed), warn: Warnings.Print, tiles: tiled?.Count ?? 1,
                pooling: tiled?.Pooling ?? TilePooling.Mean);
            using var opened = EncoderInput.OpenWeights(EncoderInput.Path(parsed.GetValue(encoder)!), settings.Of(parsed)).Opened;
            var data = DataInput.Open(parsed.GetValue(train)!, opened.Description.Preprocessing.Images);
            return Interruption.Guard("leaving without a file", cancellation =>
            {
                var progress = new StageProgress();
                using var made = Made.Train(opened, data, options, progress.Report, cancellation);
                var file = made.ExportOnnx(path, data);
                var summary = new ClassifierSummary(file, made, data.Name);
                Output.Write(parsed.GetValue(json), summary.Result(), summary.Text());
                return ExitCodes.Done;
            });
        });
        return command;
    }

    // Given epochs are used as they are.
    private static FineTuneOptions Tuning(int? epochs) =>
        epochs is { } given ? new FineTuneOptions(epochs: given, leastSteps: 0) : new FineTuneOptions();
}
