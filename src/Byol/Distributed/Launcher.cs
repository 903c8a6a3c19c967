namespace Byol.Distributed;

/// <summary>Who started this process as one of several, as its environment says.</summary>
/// <param name="Name">The name in messages.</param>
/// <param name="Libraries">Names of the MPI libraries that it may have started it for, the likeliest first.</param>
/// <param name="Rank">Which process this is, from 0.</param>
/// <param name="Count">The number of them.</param>
/// <param name="LocalRank">Which of those of this host, from 0.</param>
internal sealed record Launcher(string Name, IReadOnlyList<string> Libraries, int Rank, int Count, int LocalRank)
{
    private static readonly string[] OpenMpi = ["libmpi.so.40"], Mpich = ["libmpi.so.12", "libmpich.so.12"];

    /// <summary>Names of all MPI libraries that can be used.</summary>
    public static IEnumerable<string> AllLibraries => OpenMpi.Concat(Mpich);

    /// <summary>No launcher: a process by itself.</summary>
    public static Launcher None { get; } = new("", [], 0, 1, 0);

    /// <summary>Reads the variables that launchers set: Open MPI's mpirun, MPICH's and its relatives' mpiexec, Slurm's srun.</summary>
    /// <param name="variable">A variable of the environment, or null.</param>
    public static Launcher Of(Func<string, string?> variable)
    {
        return Read("mpirun", OpenMpi, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK")
            ?? Read("mpiexec", Mpich, "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID")
            ?? Read("srun", [.. AllLibraries], "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID")
            ?? None;

        Launcher? Read(string name, string[] libraries, string rank, string count, string localRank) =>
            Number(count) is > 1 and var all && Number(rank) is { } own && own < all
                ? new Launcher(name, libraries, own, all, Number(localRank) ?? 0) : null;

        int? Number(string name) => int.TryParse(variable(name), out var number) && number >= 0 ? number : null;
    }
}
