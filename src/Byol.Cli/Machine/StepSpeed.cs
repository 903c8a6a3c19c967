using System.Diagnostics;
using Byol.Data.Datasets;
using Byol.Distributed;
using Byol.Interop;
using Byol.Method;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Cli.Machine;

/// <summary>How fast this machine trains, and how close that is to what its matrix products reach. Rates are per second, times in
/// milliseconds, shares from 0 to 1.</summary>
internal sealed record StepSpeed(
    string ComputeType, int Threads, int BatchSize, int Steps,
    double ImagesPerSecond, double StepMilliseconds, double DataWait, double UpdateShare,
    double GigaflopsPerImage, double Gigaflops, double PeakBfloat16, double PeakFloat32, double ShareOfPeak, double PeakMemoryMib,
    StepProfile? Profile)
{
    /// <summary>Steps to warm up.</summary>
    public const int WarmUp = 2;

    private const int RepeatsOfUpdate = 10;

    /// <summary>Takes steps, and times them.</summary>
    /// <param name="recipe">What to train.</param>
    /// <param name="images">What to train on.</param>
    /// <param name="steps">Steps that are timed, after those to warm up.</param>
    /// <param name="withProfile">Whether as many more are taken to see where their time goes.</param>
    public static StepSpeed Measure(Recipe recipe, IDataset images, int steps, bool withProfile)
    {
        var (device, training) = (TorchRuntime.DefaultDevice, recipe.Training);
        var type = recipe.Encoder.ComputeType(training.Precision, device);
        var peaks = Peaks(device);
        using var trial = new StepTrial(recipe, images, device, SingleProcess.Instance);

        for (var i = 0; i < WarmUp; i++) trial.Step();
        var before = trial.Waited;
        var times = Enumerable.Range(0, steps).Select(_ => trial.Step().TotalMilliseconds).ToList();
        var waited = trial.Waited - before;
        var updates = Enumerable.Range(0, RepeatsOfUpdate).Select(_ => trial.Update().TotalMilliseconds);
        var update = updates.Order().ElementAt(RepeatsOfUpdate / 2);
        var memory = Process.GetCurrentProcess().PeakWorkingSet64;
        var profile = withProfile ? StepProfile.Measure(trial, steps) : null;
        peaks = peaks.Zip(Peaks(device), Math.Max).ToArray();

        var median = times.Order().ElementAt(steps / 2);
        var rate = 1000 * training.BatchSize / median;
        var flops = recipe.Encoder.Cost(recipe.Views.ImageSize) is { } cost
            ? StepCost.FlopsPerImage(cost, recipe.Encoder.RepresentationSize, recipe.Method)
            : double.NaN;
        var peak = type == ScalarType.BFloat16 ? peaks[0] : peaks[1];
        return new StepSpeed(type.ToString(), get_num_threads(), training.BatchSize, steps, rate, median,
            waited.TotalMilliseconds / times.Sum(), update / median,
            flops / 1e9, flops * rate / 1e9, peaks[0] / 1e9, peaks[1] / 1e9, flops * rate / peak, memory / (double)(1 << 20), profile);
    }

    private static double[] Peaks(Device device) =>
        [MatrixPeak.Measure(ScalarType.BFloat16, device), MatrixPeak.Measure(ScalarType.Float32, device)];
}
