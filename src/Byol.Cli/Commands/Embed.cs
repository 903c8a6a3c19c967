using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Embeddings;

namespace Byol.Cli.Commands;

/// <summary>byol embed: an encoder's vectors of images, in a file.</summary>
internal static class Embed
{
    public static Command Create()
    {
        var encoder = new Argument<string>("encoder") { Description = EmbeddingInputs.EncoderHelp };
        var data = new Option<string>("--data") { Description = DataInput.Help, Required = true };
        var output = new Option<string>("--out")
        {
            Description = $"The file to write: {string.Join(", ", EmbeddingFile.Extensions)}.",
            Required = true,
        };
        var batch = EmbeddingInputs.BatchSize();
        var precision = EmbeddingInputs.Precision();
        var (tiles, force, json) = (new TileInputs(), OutputPath.Force(), Output.Json());
        const string about = "Write the embeddings of images, with their names and labels.";
        var command = new Command("embed", about) { encoder, data, output, batch, precision, force, json };
        var settings = new FileSettings();
        settings.AddTo(command);
        tiles.AddTo(command);
        command.SetAction(parsed =>
        {
            var path = OutputPath.File(output.Name, parsed.GetValue(output)!, parsed.GetValue(force), EmbeddingFile.Extensions);
            var batchSize = EmbeddingInputs.Batch(parsed.GetValue(batch));
            using var opened = tiles.Apply(
                parsed, EncoderInput.Open(parsed.GetValue(encoder)!, parsed.GetValue(precision), settings.Of(parsed)));
            var dataset = DataInput.OpenUncached(parsed.GetValue(data)!, opened.Preprocessing.Images);
            return Interruption.Guard("leaving without a file", cancellation =>
            {
                var (progress, start) = (ImageProgress.OnStandardError(), Stopwatch.GetTimestamp());
                OutputPath.MakeFolder(path);
                var unreadable = EmbeddingPass.Write(opened, dataset, path, batchSize,
                    done => progress.Report(done, dataset.Count, done * (long)opened.Dimension * sizeof(float)), cancellation);
                var (images, rate) = (dataset.Count - unreadable.Count, dataset.Count / Stopwatch.GetElapsedTime(start).TotalSeconds);
                var result = new
                {
                    path, data = dataset.Name, encoder = opened.Name,
                    images, opened.Dimension, imagesPerSecond = rate, unreadable, passedOver = DatasetNotes.Of(dataset).PassedOver,
                };
                var text = string.Create(CultureInfo.InvariantCulture,
                    $"Embedded {Counts.Of(images, "image")} of {dataset.Name}: {path}, {opened.Dimension} dimensions, {rate:F1} images/s\n");
                Output.Write(parsed.GetValue(json), result, text + Output.List(unreadable));
                return ExitCodes.Done;
            });
        });
        return command;
    }
}
