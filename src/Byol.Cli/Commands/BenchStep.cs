using System.CommandLine;
using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Cli.Machine;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Interop;
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
        var profile = new Option<bool>("--profile")
        {
            Description = "Take as many steps more, and show where their time goes by operation and thread (Linux on x64)."
        };
        var json = Output.Json();
        var inputs = new RecipeInputs("quickstart");
        var command = new Command("step", "Images per second of training with a recipe, beside the machine's peak.")
        {
            data, steps, profile, json
        };
        inputs.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(steps) is < 1 or > 100_000)
                throw new ArgumentException($"--steps {parsed.GetValue(steps)} must lie between 1 and 100000; use for instance 10.");
            if (parsed.GetValue(profile) && !OperationClock.IsSupported)
                throw new ArgumentException("--profile can time operations on Linux on x64 only; leave it out.");
            var recipe = inputs.Resolve(parsed);
            var images = DataInput.Open(parsed.GetValue(data)!);
            PretrainingRun.Validate(recipe, images);
            var figures = StepSpeed.Measure(recipe, images, parsed.GetValue(steps), parsed.GetValue(profile));
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
        ]) + (f.Profile is { } profile ? $"\n{Describe(profile)}" : "");
    }

    private static string Describe(StepProfile profile)
    {
        string[] total = ["a step", .. profile.Threads.Select(_ => Text($"{profile.StepMilliseconds:F2}")), "100.0 %"];
        var parts = profile.Parts.Select(p => (string[])
        [
            p.Name, .. p.Milliseconds.Select(m => Text($"{m:F2}")),
            Output.Percent(p.Milliseconds.Sum() / (profile.StepMilliseconds * profile.Threads.Count)),
        ]);
        var operations = profile.Operations.Select(o => (string[])
        [
            o.Name + (o.IsBackward ? ", backward" : ""), Text($"{o.Calls:N0}"), Text($"{o.Milliseconds:F2}")
        ]).ToList();
        return Text($"Milliseconds of a step, by thread, of {Counts.Of(profile.Steps, "step")} that were timed operation by operation:\n\n")
            + Table.Format(["", .. profile.Threads, "share"], [.. parts, total]) + "\n"
            + Table.Some(["operation, of all threads", "calls", "ms"], operations, most: 20, "--json has all");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
