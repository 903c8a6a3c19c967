using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Embeddings;
using static TorchSharp.torch;

namespace Byol.Cli.Commands;

/// <summary>byol bench embed: how fast an encoder embeds images on this machine, from their files to vectors.</summary>
internal static class BenchEmbed
{
    private const int WarmUpBatches = 2;

    /// <summary>What was measured.</summary>
    private sealed record Figures(
        string Encoder, string Data, int Images, int BatchSize, int Threads, int Dimension, double Seconds, double ImagesPerSecond);

    // Embeddings are computed and not kept.
    private sealed class NoWriter : IEmbeddingWriter
    {
        public void Write(ReadOnlySpan<float> rows, IReadOnlyList<EmbeddedImage> images)
        {
        }

        public void Complete()
        {
        }

        public void Dispose()
        {
        }
    }

    public static Command Create()
    {
        var encoder = new Argument<string>("encoder") { Description = EmbeddingInputs.EncoderHelp };
        var data = new Option<string>("--data") { Description = DataInput.Help, DefaultValueFactory = _ => KnownDataset.BundledName };
        var images = new Option<int>("--images")
        {
            Description = $"Images that are timed, after {WarmUpBatches} batches to warm up; at most all.",
            DefaultValueFactory = _ => 1000,
        };
        var batch = EmbeddingInputs.BatchSize();
        var precision = EmbeddingInputs.Precision();
        var json = Output.Json();
        const string about = "Images per second, from files to embeddings.";
        var command = new Command("embed", about) { encoder, data, images, batch, precision, json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(images) is < 1 and var few) throw new ArgumentException($"--images {few} must be 1 or more.");
            using var opened = EncoderInput.Open(parsed.GetValue(encoder)!, parsed.GetValue(precision), FileSaid.Nothing);
            var dataset = DataInput.OpenUncached(parsed.GetValue(data)!);
            var batchSize = EmbeddingInputs.Batch(parsed.GetValue(batch));
            using var nowhere = new NoWriter();
            EmbeddingPass.Run(opened, First(dataset, WarmUpBatches * batchSize), nowhere, batchSize);
            var timed = First(dataset, parsed.GetValue(images));
            var start = Stopwatch.GetTimestamp();
            EmbeddingPass.Run(opened, timed, nowhere, batchSize);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var count = timed.Count;
            var figures = new Figures(
                opened.Name, dataset.Name, count, batchSize, get_num_threads(), opened.Dimension, seconds, count / seconds);
            Output.Write(parsed.GetValue(json), figures, string.Create(CultureInfo.InvariantCulture,
                $"{count / seconds:N1} images/s: {count:N0} images of {dataset.Name} through {opened.Name}, "
                + $"batch {batchSize}, {figures.Threads} threads\n"));
            return ExitCodes.Done;
        });
        return command;
    }

    private static IDataset First(IDataset dataset, int count) =>
        count < dataset.Count ? new Subset(dataset.Name, dataset, 0, count) : dataset;
}
