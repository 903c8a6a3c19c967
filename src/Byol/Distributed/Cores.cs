using static TorchSharp.torch;

namespace Byol.Distributed;

/// <summary>The cores that a rank computes on. Open MPI binds each of two ranks to one core and each of more to a socket; with
/// <c>--bind-to none</c> all of them have all cores, and as many threads each would take turns.</summary>
internal static class Cores
{
    private const string Status = "/proc/self/status", Threads = "OMP_NUM_THREADS";

    /// <summary>The cores that this process may use, as the system writes them: <c>0-3</c>.</summary>
    public static string Allowed => File.Exists(Status)
        ? File.ReadLines(Status).FirstOrDefault(l => l.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? ""
        : "";

    /// <summary>Gives libtorch this rank's share of them, unless the environment sets it.</summary>
    /// <param name="places">Host and cores of each rank.</param>
    /// <param name="rank">Which of them this is.</param>
    public static void Share(IReadOnlyList<string> places, int rank)
    {
        if (Environment.GetEnvironmentVariable(Threads) is null) set_num_threads(ThreadsOf(places, rank, Environment.ProcessorCount));
    }

    /// <summary>Threads of a rank: its cores, divided among those who have the same.</summary>
    internal static int ThreadsOf(IReadOnlyList<string> places, int rank, int cores) =>
        Math.Max(1, cores / places.Count(p => p == places[rank]));
}
