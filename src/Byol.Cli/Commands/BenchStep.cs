using System.CommandLine;
using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Machine;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Training;

namespace Byol.Cli.Commands;

/// <summary>byol bench step: how fast this machine trains, and how close that is to what its matrix products reach.</summary>
internal static class BenchStep
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = DataInput.Help, DefaultValueFactory = _ => KnownDataset.BundledName };
        var steps = new Option<int>("--steps")
        {
            Description = $"Steps that are timed, after {StepSpeed.WarmUp} to warm up.",
            DefaultValueFactory = _ => 10
        };
        var json = Output.Json();
        var inputs = new RecipeInputs("quickstart");
        var command = new Command("step", "Images per second of training with a recipe, beside the machine's peak.") { data, steps, json };
        inputs.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(steps) is < 1 or > 100_000)
                throw new ArgumentException($"--steps {parsed.GetValue(steps)} must lie between 1 and 100000; use for instance 10.");
            var recipe = inputs.Resolve(parsed);
            var images = DataInput.Open(parsed.GetValue(data)!);
            PretrainingRun.Validate(recipe, images);
            var figures = StepSpeed.Measure(recipe, images, parsed.GetValue(steps));
            Output.Write(parsed.GetValue(json), figures, Describe(recipe, images, figures));
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Describe(Recipe recipe, IDataset images, StepSpeed f)
    {
        var title = string.Create(CultureInfo.InvariantCulture,
            $"{recipe.Encoder}, {recipe.Views.ImageSize} px, "
            + $"batch {f.BatchSize}, {f.ComputeType}, {f.Threads} threads, {images.Name}");
        return title + "\n\n" + Table.Format(["", ""],
        [
            ["images/s", Text($"{f.ImagesPerSecond:N1}")],
            ["step", Text($"{f.StepMilliseconds:N1} ms")],
            ["waiting for views", Text($"{100 * f.DataWait:F2} %")],
            ["optimizer and moving average", Text($"{100 * f.UpdateShare:F2} %")],
            ["arithmetic, counted", Text($"{f.GigaflopsPerImage:F3} GFLOP per image")],
            ["arithmetic per second", Text($"{f.Gigaflops:N0} GFLOP/s")],
            ["matrix product, bf16", Text($"{f.PeakBfloat16:N0} GFLOP/s")],
            ["matrix product, fp32", Text($"{f.PeakFloat32:N0} GFLOP/s")],
            ["share of the peak", Text($"{100 * f.ShareOfPeak:F1} %")],
            ["peak memory", Text($"{f.PeakMemoryMib:N0} MiB")],
        ]);

        static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }
}
