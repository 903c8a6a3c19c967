using System.CommandLine;
using Byol.Data.Datasets;
using Byol.Data.Views;
using Byol.Evaluation;
using Byol.Export;
using Byol.Interop;
using Byol.Models;
using Byol.Runs;
using static TorchSharp.torch;

namespace Byol.Cli.Commands;

/// <summary>byol evaluate: what an encoder is worth.</summary>
internal static class Evaluate
{
    /// <summary>One row of the table.</summary>
    /// <param name="Features">What was classified.</param>
    /// <param name="Dimension">Size of a feature vector.</param>
    /// <param name="Accuracy">0 to 1.</param>
    public sealed record Row(string Features, long Dimension, double Accuracy);

    public static Command Create()
    {
        var encoder = new Argument<string>("encoder") { Description = "A run folder or an encoder.safetensors." };
        var train = new Option<string>("--train") { Description = $"Labelled images that vote. {Data.Help}", Required = true };
        var test = new Option<string>("--test") { Description = "Labelled images that are classified.", Required = true };
        var protocol = new Option<string>("--protocol") { Description = "knn.", DefaultValueFactory = _ => "knn" };
        var neighbours = new Option<int>("--k") { Description = "Neighbours that vote.", DefaultValueFactory = _ => new KnnOptions().Neighbours };
        var temperature = new Option<double>("--temperature") { Description = "Lower trusts near neighbours more.", DefaultValueFactory = _ => new KnnOptions().Temperature };
        var baselines = new Option<bool>("--baselines") { Description = "Raw pixels and an untrained encoder beside it." };
        var precision = new Option<Precision>("--precision") { Description = "auto, float32 or bfloat16." };
        var json = Output.Json();
        protocol.AcceptOnlyFromAmong("knn");
        var command = new Command("evaluate", "Score an encoder on labelled images.") { encoder, train, test, protocol, neighbours, temperature, baselines, precision, json };
        command.SetAction(parsed =>
        {
            var path = EncoderPath(parsed.GetValue(encoder)!);
            var (bank, queries) = (Labelled(parsed.GetValue(train)!), Labelled(parsed.GetValue(test)!));
            if (!bank.Classes.SequenceEqual(queries.Classes))
                throw new ArgumentException($"{bank.Name} has classes {string.Join(", ", bank.Classes.Take(5))}… and {queries.Name} has {string.Join(", ", queries.Classes.Take(5))}…; both must have the same.");
            var options = new KnnOptions(parsed.GetValue(neighbours), parsed.GetValue(temperature));
            options.Validate(bank.Count);

            var device = TorchRuntime.DefaultDevice;
            var (network, preparation) = EncoderFile.Read(path, device);
            var views = Views(preparation);
            var rows = new List<Row>();
            if (parsed.GetValue(baselines))
            {
                rows.Add(RawPixels(bank, queries, views, options));
                rows.Add(Untrained(network.Options, 1, bank, queries, views, options, parsed.GetValue(precision), device));
            }
            rows.Add(Score("BYOL encoder", network, bank, queries, views, options, parsed.GetValue(precision), device));
            Output.Write(parsed.GetValue(json), new { protocol = "knn", options.Neighbours, options.Temperature, train = bank.Name, test = queries.Name, rows }, Format(rows, options, bank, queries));
            return ExitCodes.Done;
        });
        return command;
    }

    public static Row RawPixels(IDataset bank, IDataset queries, ViewOptions views, KnnOptions options)
    {
        using var votes = FeatureBank.RawPixels(bank, views);
        using var asked = FeatureBank.RawPixels(queries, views);
        return new Row("raw pixels", votes.Features.shape[1], Knn.Accuracy(votes, asked, options));
    }

    public static Row Untrained(EncoderOptions encoder, ulong seed, IDataset bank, IDataset queries, ViewOptions views, KnnOptions options, Precision precision, Device device)
    {
        using var weights = new WeightSource(seed, device);
        using var network = new ResNet(encoder, weights);
        return Score("random encoder", network, bank, queries, views, options, precision, device);
    }

    public static Row Score(string name, ResNet encoder, IDataset bank, IDataset queries, ViewOptions views, KnnOptions options, Precision precision, Device device)
    {
        using var votes = FeatureBank.Encode(encoder, bank, views, precision, device);
        using var asked = FeatureBank.Encode(encoder, queries, views, precision, device);
        return new Row(name, votes.Features.shape[1], Knn.Accuracy(votes, asked, options));
    }

    public static string Format(IReadOnlyList<Row> rows, KnnOptions options, IDataset bank, IDataset queries) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\nkNN (k = {options.Neighbours}, T = {options.Temperature}): {queries.Count:N0} images of {queries.Name} by {bank.Count:N0} of {bank.Name}\n\n")
        + Table.Format(["features", "dimension", "accuracy"], [.. rows.Select(r => (IReadOnlyList<string>)[r.Features, $"{r.Dimension}", Output.Percent(r.Accuracy)])]) + "\n";

    public static ViewOptions Views(Preparation preparation) => new()
    {
        ImageSize = preparation.ImageSize,
        EvaluationCrop = preparation.CentreCrop,
        Mean = new Channels(preparation.Mean[0], preparation.Mean[1], preparation.Mean[2]),
        StandardDeviation = new Channels(preparation.StandardDeviation[0], preparation.StandardDeviation[1], preparation.StandardDeviation[2]),
    };

    private static string EncoderPath(string encoder)
    {
        var path = Directory.Exists(encoder) ? RunDirectory.EncoderIn(encoder) : encoder;
        return File.Exists(path) ? path : throw new ArgumentException($"Encoder {path} does not exist; give the folder of a run that byol pretrain finished, or an encoder.safetensors.");
    }

    private static IDataset Labelled(string data) =>
        Data.Open(data) is { Classes.Count: > 0 } labelled ? labelled : throw new ArgumentException($"{data} has no labels; give images in a folder for each class, or tars with .cls files.");
}
