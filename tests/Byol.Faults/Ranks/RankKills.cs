using System.Diagnostics;
using System.Globalization;
using Byol.Faults.Trials;

namespace Byol.Faults.Ranks;

/// <summary>Kills a rank of a run at a random moment: all end soon, and the run that is resumed leaves the bits of the quiet one.</summary>
internal static class RankKills
{
    private const int Ranks = 2;
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(10), Earliest = TimeSpan.FromMilliseconds(200);

    /// <summary>Kills.</summary>
    /// <param name="kills">How often.</param>
    /// <param name="seed">Draws ranks and moments.</param>
    public static FaultRow Run(int kills, int seed)
    {
        var (random, lost, slowest, hits, begun) = (new Random(seed), new List<string>(), TimeSpan.Zero, 0, 0);
        var folder = Scratch.New("kills");
        try
        {
            var start = Stopwatch.GetTimestamp();
            Finish(Path.Combine(folder, "quiet"), resume: false);
            var (length, quiet) = (Stopwatch.GetElapsedTime(start), RunState.Digests(Path.Combine(folder, "quiet")));
            for (var i = 0; hits < kills; i++)       // a run that ended before its moment does not count
            {
                var (run, rank) = (Path.Combine(folder, $"{i}"), random.Next(Ranks));
                var moment = Earliest + random.NextDouble() * (length - Earliest);
                using (var process = new RankedProcess(RankLauncher.OpenMpi, Ranks, RanksCommand.Command(run)))
                {
                    if (!process.Wait(moment))
                    {
                        process.Signal(rank, "KILL");
                        var killed = Stopwatch.GetTimestamp();
                        if (!process.Wait(Promised)) lost.Add($"kill {i}, rank {rank}: the others live on");
                        slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(killed).Ticks));
                        hits++;
                        if (RunState.Checkpoints(run).Count > 0) begun++;
                    }
                }
                Finish(run, resume: File.Exists(Path.Combine(run, "recipe.toml")));
                if (RunState.Difference(quiet, RunState.Digests(run)) is { } difference) lost.Add($"kill {i}, rank {rank} at {moment}: {difference}");
                Directory.Delete(run, recursive: true);
                TrialProgress.Show($"{hits} of {kills} kills, {lost.Count} lost");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return new FaultRow(string.Create(CultureInfo.InvariantCulture,
            $"kill -9 of one of {Ranks} ranks at a random moment ({begun} behind the first checkpoint); the others ended within {slowest.TotalSeconds:F1} s"), hits, lost);
    }

    private static void Finish(string run, bool resume)
    {
        if (!resume && Directory.Exists(run)) Directory.Delete(run, recursive: true);
        using var process = new RankedProcess(RankLauncher.OpenMpi, Ranks, RanksCommand.Command(run, resume ? ["--resume"] : []));
        var (code, _, error) = process.Wait();
        if (code != 0) throw new InvalidOperationException($"The run ended with {code}: {error}");
    }
}
