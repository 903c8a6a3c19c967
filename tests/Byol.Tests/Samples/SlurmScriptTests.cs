namespace Byol.Tests.Samples;

/// <summary>The script for Slurm, with an srun that says what it was asked: there is no Slurm here.</summary>
public sealed class SlurmScriptTests
{
    private static readonly string Script = Path.Combine(Repository.Root, "samples", "cluster", "pretrain.sbatch");

    [Theory]
    [InlineData("--out RUN")]
    [InlineData("--out=RUN")]
    public void It_starts_a_run_and_then_resumes_it(string output)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs bash.");
        using var folder = new TemporaryFolder();
        var run = Directory.CreateDirectory(folder["run"]).FullName;
        string[] arguments = ["--recipe", "imagenet-100", "--data", "photos", .. output.Replace("RUN", run, StringComparison.Ordinal).Split(' ')];
        var srun = $"8: --mpi=pmix --kill-on-bad-exit=1 --cpu-bind=cores byol pretrain {string.Join(' ', arguments)}";
        Assert.Equal((0, $"{srun}\n", ""), Submit(folder, arguments));

        File.WriteAllText(Path.Combine(run, "recipe.toml"), "");
        Assert.Equal((0, $"{srun} --resume\n", ""), Submit(folder, arguments));
    }

    [Fact]
    public void Without_a_folder_it_starts_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs bash.");
        using var folder = new TemporaryFolder();
        var (code, output, error) = Submit(folder, "--data", "photos");
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("--out is missing", error, StringComparison.Ordinal);
    }

    private static (int Code, string Out, string Error) Submit(TemporaryFolder folder, params string[] arguments)
    {
        var bin = Directory.CreateDirectory(folder["bin"]).FullName;
        var srun = Path.Combine(bin, "srun");
        File.WriteAllText(srun, "#!/bin/bash\necho \"$OMP_NUM_THREADS: $*\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(srun, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}";
        return Programs.Run(new Dictionary<string, string> { ["PATH"] = path }, "env", ["-u", "BYOL", "-u", "BYOL_MPI", "SLURM_CPUS_PER_TASK=8", "bash", Script, .. arguments]);
    }
}
