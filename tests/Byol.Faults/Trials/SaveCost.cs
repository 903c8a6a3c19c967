using System.Diagnostics;
using System.Globalization;
using Byol.Runs;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Faults.Trials;

/// <summary>What saving costs: the time of a save on this disk, as a share of the default interval.</summary>
internal static class SaveCost
{
    private const int Saves = 11;

    public static int Print(string recipeName, string folder)
    {
        var recipe = RecipeFile.Open(recipeName);
        using var state = recipe.CreateState(CPU);
        using var run = RunDirectory.Create(folder);
        var times = new List<double>();
        for (var i = 0; i < Saves; i++)
        {
            state.Step = i;
            var start = Stopwatch.GetTimestamp();
            RunSaver.WriteEncoder(recipe, run.Encoder, state);
            Checkpoint.Save(run, state, RunProgress.None);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        times.Sort();
        var bytes = new DirectoryInfo(Path.Combine(run.Checkpoints, $"step-{Saves - 1:D9}")).EnumerateFiles().Sum(f => f.Length);
        var interval = TimeSpan.FromMinutes(CheckpointInterval.Default.Count);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{recipeName}: a save of {bytes / 1e6:F1} MB takes {times[Saves / 2]:F0} ms "
            + $"(median of {Saves}, {times[0]:F0} to {times[^1]:F0}): "
            + $"{times[Saves / 2] / interval.TotalMilliseconds:P3} of {CheckpointInterval.Default}, "
            + $"{times[^1] / interval.TotalMilliseconds:P3} at worst"));
        return times[^1] <= 0.02 * interval.TotalMilliseconds ? 0 : 1;
    }
}
