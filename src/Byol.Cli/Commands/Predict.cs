using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Byol.Cli.Evaluations;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Evaluation.Classification;
using Byol.OnnxRuntime;
using Byol.Predictions;

namespace Byol.Cli.Commands;

/// <summary>byol predict: classifies images.</summary>
internal static class Predict
{
    private const string Page = ".html";

    public static Command Create()
    {
        var model = new Argument<string>("classifier") { Description = "An .onnx file that byol classifier wrote." };
        var data = new Option<string>("--data") { Description = $"Images. {DataInput.Help}", Required = true };
        string[] endings = [.. PredictionFile.Extensions, Page];
        var output = new Option<string>("--out")
        {
            Description = $"The file to write: {string.Join(", ", endings)}; the page has the most doubtful images first.", Required = true,
        };
        var force = OutputPath.Force();
        var json = Output.Json();
        var command = new Command("predict", "Classify images, with the probability and the novelty of each.")
        {
            model, data, output, force, json,
        };
        command.SetAction(parsed =>
        {
            var path = OutputPath.File(output.Name, parsed.GetValue(output)!, parsed.GetValue(force), endings);
            using var classifier = Open(parsed.GetValue(model)!);
            var dataset = DataInput.OpenUncached(parsed.GetValue(data)!, classifier.Preprocessing.Images);
            return Interruption.Guard("leaving without a file", cancellation =>
            {
                var (counts, start) = (new PredictionCounts(classifier.Classes), Stopwatch.GetTimestamp());
                var unreadable = path.EndsWith(Page, StringComparison.OrdinalIgnoreCase)
                    ? WritePage(new PredictionPage(path, Path.GetFileName(parsed.GetValue(model)!), dataset))
                    : WriteFile();
                if (counts.Total == 0)
                    throw new InvalidDataException($"No image of {dataset.Name} can be read ({unreadable[0].Reason}); choose other data.");
                var rate = dataset.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
                var result = new
                {
                    path, data = dataset.Name, images = counts.Total, classes = counts.Rows, imagesPerSecond = rate, unreadable,
                };
                var done = string.Create(CultureInfo.InvariantCulture,
                    $"\nPredicted {Counts.Of(counts.Total, "image")} of {dataset.Name}: {path}, {rate:F1} images/s\n\n");
                Output.Write(parsed.GetValue(json), result, done + counts.Text() + Output.List(unreadable));
                return ExitCodes.Done;

                IReadOnlyList<UnreadableImage> WriteFile()
                {
                    OutputPath.MakeFolder(path);
                    using var writer = PredictionFile.Create(path);
                    var failed = Run((index, prediction) => writer.Write(dataset.ItemName(index), prediction));
                    if (counts.Total > 0) writer.Complete();
                    return failed;
                }

                IReadOnlyList<UnreadableImage> WritePage(PredictionPage page)
                {
                    var failed = Run(page.Add);
                    if (counts.Total > 0) page.Write();
                    return failed;
                }

                IReadOnlyList<UnreadableImage> Run(Action<int, Prediction> take)
                {
                    var progress = ImageProgress.OnStandardError();
                    return classifier.Predict(dataset, (index, prediction) =>
                    {
                        counts.Add(prediction);
                        take(index, prediction);
                    }, at => progress.Report(at, dataset.Count, 0), cancellation);
                }
            });
        });
        return command;
    }

    private static OnnxClassifier Open(string path) => File.Exists(path) ? OnnxClassifier.Open(path)
        : throw new ArgumentException($"Classifier {path} does not exist; give an .onnx file that byol classifier wrote.");
}
