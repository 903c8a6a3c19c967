using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Byol.Data.Datasets;
using Byol.Interop;
using Byol.Method;
using Byol.Models;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Cli.Commands;

/// <summary>byol bench step: how fast this machine trains, and how close that is to what its matrix products reach.</summary>
internal static class BenchStep
{
    private const int WarmUp = 2, RepeatsOfUpdate = 10;

    /// <summary>What was measured. Rates are per second, times in milliseconds, shares from 0 to 1.</summary>
    internal sealed record Figures(
        string ComputeType, int Threads, int BatchSize, int Steps,
        double ImagesPerSecond, double StepMilliseconds, double DataWait, double UpdateShare,
        double GigaflopsPerImage, double Gigaflops, double PeakBFloat16, double PeakFloat32, double ShareOfPeak, double PeakMemoryMiB);

    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = Data.Help, DefaultValueFactory = _ => KnownDataset.BundledName };
        var steps = new Option<int>("--steps")
        {
            Description = $"Steps that are timed, after {WarmUp} to warm up.",
            DefaultValueFactory = _ => 10
        };
        var json = Output.Json();
        var inputs = new RecipeInputs("quickstart");
        var command = new Command("step", "Images a second of training with a recipe, beside the machine's peak.") { data, steps, json };
        inputs.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(steps) is < 1 or > 100_000)
                throw new ArgumentException($"--steps {parsed.GetValue(steps)} must lie between 1 and 100000; use for instance 10.");
            var recipe = inputs.Resolve(parsed);
            var images = Data.Open(parsed.GetValue(data)!);
            PretrainingRun.Validate(recipe, images);
            var figures = Measure(recipe, images, parsed.GetValue(steps));
            Output.Write(parsed.GetValue(json), figures, Describe(recipe, images, figures));
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Takes steps, and times them.</summary>
    public static Figures Measure(Recipe recipe, IDataset images, int steps)
    {
        var (device, training) = (TorchRuntime.DefaultDevice, recipe.Training);
        var type = training.Precision.ComputeType(device);
        var peaks = Peaks(device);
        using var trial = new StepTrial(recipe, images, device);

        for (var i = 0; i < WarmUp; i++) trial.Step();
        var before = trial.Waited;
        var times = Enumerable.Range(0, steps).Select(_ => trial.Step().TotalMilliseconds).ToList();
        var waited = trial.Waited - before;
        var updates = Enumerable.Range(0, RepeatsOfUpdate).Select(_ => trial.Update().TotalMilliseconds);
        var update = updates.Order().ElementAt(RepeatsOfUpdate / 2);
        var memory = Process.GetCurrentProcess().PeakWorkingSet64;
        peaks = peaks.Zip(Peaks(device), Math.Max).ToArray();

        var median = times.Order().ElementAt(steps / 2);
        var rate = 1000 * training.BatchSize / median;
        var flops = StepCost.FlopsPerImage(
            EncoderCost.Of(recipe.Encoder, recipe.Views.ImageSize), recipe.Encoder.RepresentationSize, recipe.Method);
        var peak = type == ScalarType.BFloat16 ? peaks[0] : peaks[1];
        return new Figures(type.ToString(), get_num_threads(), training.BatchSize, steps, rate, median,
            waited.TotalMilliseconds / times.Sum(), update / median,
            flops / 1e9, flops * rate / 1e9, peaks[0] / 1e9, peaks[1] / 1e9, flops * rate / peak, memory / (double)(1 << 20));
    }

    private static double[] Peaks(Device device) =>
        [MatrixPeak.Measure(ScalarType.BFloat16, device), MatrixPeak.Measure(ScalarType.Float32, device)];

    private static string Describe(Recipe recipe, IDataset images, Figures f)
    {
        var title = string.Create(CultureInfo.InvariantCulture,
            $"ResNet-{recipe.Encoder.Depth} x{recipe.Encoder.Width}, {recipe.Encoder.Stem} stem, {recipe.Views.ImageSize} px, "
            + $"batch {f.BatchSize}, {f.ComputeType}, {f.Threads} threads, {images.Name}");
        return title + "\n\n" + Table.Format(["", ""],
        [
            ["images/s", Text($"{f.ImagesPerSecond:N1}")],
            ["step", Text($"{f.StepMilliseconds:N1} ms")],
            ["waiting for views", Text($"{100 * f.DataWait:F2} %")],
            ["optimizer and moving average", Text($"{100 * f.UpdateShare:F2} %")],
            ["arithmetic, counted", Text($"{f.GigaflopsPerImage:F3} GFLOP an image")],
            ["arithmetic a second", Text($"{f.Gigaflops:N0} GFLOP/s")],
            ["matrix product, bf16", Text($"{f.PeakBFloat16:N0} GFLOP/s")],
            ["matrix product, fp32", Text($"{f.PeakFloat32:N0} GFLOP/s")],
            ["share of the peak", Text($"{100 * f.ShareOfPeak:F1} %")],
            ["peak memory", Text($"{f.PeakMemoryMiB:N0} MiB")],
        ]);

        static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }
}
