using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Byol.Cli.Terminal;
using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Cli.Commands;

/// <summary>byol bench knn: how long it takes to classify images by their nearest neighbors, features being at hand.</summary>
internal static class BenchKnn
{
    private const int Classes = 10;

    private sealed record Figures(int Bank, int Queries, int Dimension, int Neighbors, int Threads, int Repeats, double Seconds);

    public static Command Create()
    {
        var bank = Count("--bank", "Labeled images.", 40_000);
        var queries = Count("--queries", "Images to classify.", 10_000);
        var dimension = Count("--dimension", "Length of a representation.", 512);
        var neighbors = Count("--k", "Neighbors that vote.", 200);
        var repeats = Count("--repeats", "Repetitions; the median is printed.", 3);
        var json = Output.Json();
        var command = new Command("knn", "Seconds to classify random features by weighted nearest neighbors.")
        {
            bank, queries, dimension, neighbors, repeats, json
        };
        command.SetAction(parsed =>
        {
            var figures = Measure(Value(bank), Value(queries), Value(dimension), new KnnOptions(Value(neighbors)), Value(repeats));
            Output.Write(parsed.GetValue(json), figures, string.Create(CultureInfo.InvariantCulture,
                $"{figures.Queries:N0} x {figures.Bank:N0} x {figures.Dimension}, k = {figures.Neighbors}, "
                + $"{figures.Threads} threads: {figures.Seconds:F3} s\n"));
            return ExitCodes.Done;

            int Value(Option<int> option) => parsed.GetValue(option) is var count and >= 1 and <= 10_000_000 ? count
                : throw new ArgumentException($"{option.Name} {parsed.GetValue(option)} must lie between 1 and 10000000.");
        });
        return command;
    }

    private static Option<int> Count(string name, string description, int usual) =>
        new(name) { Description = description, DefaultValueFactory = _ => usual };

    private static Figures Measure(int bank, int queries, int dimension, KnnOptions options, int repeats)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        using var known = new FeatureBank(
            randn([bank, dimension], generator: random),
            [.. Enumerable.Range(0, bank).Select(i => i % Classes)],
            [.. Enumerable.Range(0, Classes).Select(c => $"{c}")]);
        var asked = randn([queries, dimension], generator: random);
        var seconds = Enumerable.Range(0, repeats).Select(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            Knn.Classify(known, asked, options);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }).Order().ElementAt(repeats / 2);
        return new Figures(bank, queries, dimension, options.NeighborsFor(known.Labels), get_num_threads(), repeats, seconds);
    }
}
