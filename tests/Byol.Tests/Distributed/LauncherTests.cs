using Byol.Distributed;

namespace Byol.Tests.Distributed;

public sealed class LauncherTests
{
    [Theory]
    [InlineData("OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_RANK=1", "mpirun", 2, 4, 1)]
    [InlineData("PMI_RANK=1 PMI_SIZE=2 MPI_LOCALRANKID=1", "mpiexec", 1, 2, 1)]
    [InlineData("SLURM_PROCID=3 SLURM_STEP_NUM_TASKS=8 SLURM_LOCALID=3 PMIX_RANK=3", "srun", 3, 8, 3)]
    [InlineData("PMI_RANK=0 PMI_SIZE=2", "mpiexec", 0, 2, 0)]
    [InlineData("", "", 0, 1, 0)]
    [InlineData("OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1", "", 0, 1, 0)]      // one process: nothing is loaded for it
    [InlineData("SLURM_NTASKS=4 SLURM_PROCID=0", "", 0, 1, 0)]                        // a batch script, before srun
    [InlineData("OMPI_COMM_WORLD_RANK=4 OMPI_COMM_WORLD_SIZE=4", "", 0, 1, 0)]
    [InlineData("OMPI_COMM_WORLD_RANK=x OMPI_COMM_WORLD_SIZE=4", "", 0, 1, 0)]
    public void The_environment_says_who_started_it(string environment, string name, int rank, int count, int localRank)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
        var launcher = Launcher.Of(variables.GetValueOrDefault);
        Assert.Equal((name, rank, count, localRank), (launcher.Name, launcher.Rank, launcher.Count, launcher.LocalRank));
    }

    [Theory]
    [InlineData("a 0-1|a 0-1", 2, 1)]              // two ranks that share two cores
    [InlineData("a 0|a 1", 1, 1)]                  // bound to one each
    [InlineData("a 0-3|a 4-7|b 0-3|b 4-7", 4, 4)]
    [InlineData("a 0-15|a 0-15|b 0-15|a 0-15", 16, 5)]
    [InlineData("a 0|a 0|a 0", 1, 1)]
    public void Cores_are_divided_among_those_who_have_the_same(string places, int cores, int threads) =>
        Assert.Equal(threads, Cores.ThreadsOf(places.Split('|'), 0, cores));

    [Theory]
    [InlineData("Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4, May 26, 2022", "Open MPI 4.1.4")]
    [InlineData("MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 12:34:45 CDT 2022\n", "MPICH 4.0.2")]
    [InlineData("Intel(R) MPI Library 2021.11 for Linux* OS\n", "Intel(R) MPI Library 2021.11 for Linux* OS")]
    public void A_library_is_named_in_few_words(string said, string name) => Assert.Equal(name, Mpi.Short(said));
}
