using Byol.Cli.Machine;
using Byol.Cli.Terminal;

namespace Byol.Tests.Cli.Machine;

/// <summary>Open MPI explains itself over many lines; the tool says it in one, with what to do.</summary>
public sealed class MpirunFailureTests
{
    private const string Rule = "--------------------------------------------------------------------------\n";

    public static TheoryData<string, string, string> Failures { get; } = new()
    {
        {
            Rule + "mpirun has detected an attempt to run as root.\n\nRunning as root is *strongly* discouraged as any mistake (e.g., in\n"
            + "defining TMPDIR) or bug can result in catastrophic damage to the OS\n" + Rule,
            "Open MPI does not run as root unasked", "set OMPI_ALLOW_RUN_AS_ROOT=1 and OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 in the environment"
        },
        {
            Rule + "There are not enough slots available in the system to satisfy the 4\nslots that were requested by the application:\n\n  true\n" + Rule,
            "fewer cores for its processes than they need", "use fewer ranks or cores"
        },
        {
            Rule + "A request was made to bind to that would result in binding more\nprocesses than cpus on a resource:\n\n   Bind to:     CORE\n" + Rule,
            "fewer cores for its processes than they need", "use fewer ranks or cores"
        },
        {
            "[proxy:0:0@vm] HYDT_topo_init (tools/topo/topo.c:63): unable to initialize hwloc\n[mpiexec@vm] control_cb: assert (!closed) failed\n",
            "it is not Open MPI's", "apt-get install openmpi-bin"
        },
        {
            "byol: photos is not here; use a folder.\n" + Rule + "Primary job  terminated normally, but 1 process returned\na non-zero exit code.\n" + Rule,
            "A process that mpirun started failed", "photos is not here; use a folder."
        },
        { Rule + "ORTE was unable to reliably start one or more daemons.\nThis usually is caused by:\n\n* not finding the libraries\n" + Rule, "it says \"ORTE was unable", "start one process" },
        { new string('x', 5000), "it says", "start one process" },
        { "", "it does not say why", "start one process" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Each_is_one_line_with_a_remedy(string said, string what, string remedy)
    {
        var line = Mpirun.Explain(1, said);
        Assert.DoesNotContain('\n', line);
        Assert.InRange(line.Length, 40, 320);
        Assert.Contains(what, line, StringComparison.Ordinal);
        Assert.Contains(remedy, line, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tool_says_it_so()
    {
        Distributed.Mpirun.Require();
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Open MPI refuses root alone.");
        var (code, output, error) = Programs.Run("env", "-u", "OMPI_ALLOW_RUN_AS_ROOT", "-u", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM",
            "dotnet", typeof(ExitCodes).Assembly.Location, "bench", "scale", "--ranks", "1");
        Assert.Equal((ExitCodes.Failed, ""), (code, output));
        var line = Assert.Single(error.Split('\n'), l => l.StartsWith("byol: ", StringComparison.Ordinal));
        Assert.Contains("set OMPI_ALLOW_RUN_AS_ROOT=1", line, StringComparison.Ordinal);
        Assert.InRange(error.Trim().Split('\n').Length, 1, 2);      // it, and what was to be measured
    }
}
