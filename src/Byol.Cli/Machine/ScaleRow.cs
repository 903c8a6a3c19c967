using System.Diagnostics;
using System.Globalization;
using Byol.Data.Datasets;
using Byol.Distributed;
using Byol.Interop;
using Byol.Training;

namespace Byol.Cli.Machine;

/// <summary>How fast steps are, taken by some processes.</summary>
/// <param name="What">Which.</param>
/// <param name="Processes">How many.</param>
/// <param name="Cores">Cores of each.</param>
/// <param name="ImagesPerSecond">Of all of them.</param>
internal sealed record ScaleRow(string What, int Processes, int Cores, double ImagesPerSecond);

/// <summary>Measures what several processes gain: the same steps by one process, by ranks, and by as many processes that know nothing of one
/// another, which is all that the machine has to give.</summary>
internal static class ScaleMeasurement
{
    /// <summary>The hidden option that makes a process one of those that are measured.</summary>
    public const string Worker = "--worker";

    /// <summary>Processes that know nothing of one another: the machine's ceiling.</summary>
    public const string ByThemselves = "processes by themselves";

    private const int WarmUp = 2;
    private static readonly string Program = typeof(ScaleMeasurement).Assembly.Location;

    /// <summary>Measures.</summary>
    /// <param name="ranks">Numbers of ranks.</param>
    /// <param name="cores">Cores of each.</param>
    /// <param name="arguments">Data and recipe as they are typed, with a batch that all numbers of ranks divide.</param>
    /// <param name="batchSize">That batch.</param>
    /// <param name="progress">Receives what is being measured.</param>
    public static IEnumerable<ScaleRow> Measure(
        IReadOnlyList<int> ranks, int cores, IReadOnlyList<string> arguments, int batchSize, Action<string> progress)
    {
        yield return Row("one process", 1, cores, batchSize, asRanks: false);
        foreach (var count in ranks.Where(r => r > 1))
        {
            yield return Row(ByThemselves, count, cores, batchSize / count, asRanks: false);
            yield return Row("ranks", count, cores, batchSize, asRanks: true);
            yield return Row("one process", 1, count * cores, batchSize, asRanks: false);
        }

        ScaleRow Row(string what, int processes, int each, int batch, bool asRanks)
        {
            progress($"{what}: {processes} of {each} cores");
            IReadOnlyList<string> told = [.. arguments, "--set", $"training.batch_size={batch}"];
            return new ScaleRow(what, processes, each, Run(processes, each, told, asRanks).Sum());
        }
    }

    /// <summary>What a worker does: takes steps, and says how many images a second they were.</summary>
    /// <param name="recipe">What to train.</param>
    /// <param name="images">What to train on.</param>
    /// <param name="steps">Steps that are timed.</param>
    public static void Work(Recipe recipe, IDataset images, int steps)
    {
        var ranks = Ranks.Current.Collective;
        using var trial = new StepTrial(recipe, images, Ranks.Current.Place(TorchRuntime.DefaultDevice), ranks);
        for (var i = 0; i < WarmUp; i++) trial.Step();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < steps; i++) trial.Step();
        var rate = recipe.Training.BatchSize * steps / Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(rate.ToString("R", CultureInfo.InvariantCulture));
    }

    // Each process has its own cores. Processes that are not ranks are started in the same way, and do not know of each other.
    private static IEnumerable<double> Run(int processes, int cores, IReadOnlyList<string> arguments, bool asRanks)
    {
        IEnumerable<string> alone = asRanks ? [] : ["env", "-u", "OMPI_COMM_WORLD_SIZE"];
        var output = Mpirun.Run(
            ["-n", $"{processes}", "--map-by", $"slot:PE={cores}", "--bind-to", "core", .. alone, "dotnet", Program, "bench", "scale", Worker, .. arguments],
            cores);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(rate => double.Parse(rate, CultureInfo.InvariantCulture));
    }
}
