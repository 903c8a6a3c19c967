using System.Diagnostics;
using Byol.Faults.Ranks;
using Byol.Runs;

namespace Byol.Tests.Distributed;

/// <summary>Runs on ranks that mpirun starts, and what they leave.</summary>
internal static class Mpirun
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly Lazy<bool> HasOpenMpi = new(() => RankLauncher.OpenMpi.Version.Contains("Open MPI", StringComparison.Ordinal));
    private static readonly Lazy<bool> HasMpich = new(() => RankLauncher.Mpich.Version.Contains("HYDRA", StringComparison.Ordinal));

    /// <summary>Where Open MPI's mpirun is not there, a test is skipped.</summary>
    public static void Require() => Assert.SkipUnless(HasOpenMpi.Value, "Open MPI is not here (Debian: apt-get install openmpi-bin).");

    /// <summary>Where MPICH's launcher is not there, a test is skipped.</summary>
    public static void RequireMpich() => Assert.SkipUnless(HasMpich.Value, "MPICH is not here (Debian: apt-get install mpich).");

    /// <summary>Trains the tiny run of the harness in fp64; one rank is a process that nobody launched.</summary>
    public static (int Code, string Out, string Error) Train(int ranks, string folder, params IEnumerable<string> arguments)
    {
        using var started = Start(ranks, RanksCommand.Command(folder, arguments));
        return started.Wait();
    }

    /// <summary>Starts a .NET program on ranks.</summary>
    public static RankedProcess Start(int ranks, params IEnumerable<string> command) => new(RankLauncher.OpenMpi, ranks, command);

    /// <summary>What is typed for a verb of the tool.</summary>
    public static IEnumerable<string> Tool(params IEnumerable<string> arguments) =>
        [typeof(Byol.Cli.Terminal.ExitCodes).Assembly.Location, .. arguments];

    /// <summary>Waits until a run has taken so many steps.</summary>
    public static void AwaitStep(RankedProcess process, string folder, int step)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Patience && !process.HasExited; Thread.Sleep(20))
        {
            var log = RunDirectory.MetricsIn(folder);
            if (File.Exists(log) && RunLog.Read<StepRecord>(log).Any(s => s.Step >= step)) return;
        }
    }
}
