using System.ComponentModel;
using System.Diagnostics;

namespace Byol.Cli.Machine;

/// <summary>Open MPI's launcher, where the tool itself starts it.</summary>
internal static class Mpirun
{
    private const string Prefix = "byol: ", Root = "OMPI_ALLOW_RUN_AS_ROOT", Confirmed = "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM";
    private const int MostQuoted = 200;

    /// <summary>What Open MPI requires of root, the usual user of a container.</summary>
    public const string RootRemedy = $"set {Root}=1 and {Confirmed}=1 in the environment";

    /// <summary>Whether it would refuse this user.</summary>
    public static bool RefusesUser => Environment.IsPrivilegedProcess
        && (Environment.GetEnvironmentVariable(Root) is null || Environment.GetEnvironmentVariable(Confirmed) is null);

    /// <summary>Starts processes, and waits for their end.</summary>
    /// <param name="arguments">What is typed behind mpirun.</param>
    /// <param name="threads">libtorch's threads of each process.</param>
    /// <returns>What they wrote to standard output.</returns>
    /// <exception cref="ArgumentException">It is not here.</exception>
    /// <exception cref="InvalidOperationException">It failed, or a process did; one line says why.</exception>
    public static string Run(IEnumerable<string> arguments, int threads)
    {
        var start = new ProcessStartInfo("mpirun", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = $"{threads}";
        start.Environment["TERM"] = "dumb";     // mpirun gives ranks a terminal, and .NET would begin it with control characters
        using var process = Start(start);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(Explain(process.ExitCode, error.Result));
    }

    /// <summary>What Open MPI says over many lines, in one: what happened, why, and what to do.</summary>
    /// <param name="exitCode">What it ended with.</param>
    /// <param name="error">What it and its processes wrote to standard error.</param>
    public static string Explain(int exitCode, string error)
    {
        var lines = error.Split('\n').Select(l => l.Trim()).ToList();
        return lines.FirstOrDefault(l => l.StartsWith(Prefix, StringComparison.Ordinal)) is { } own
            ? $"A process that mpirun started failed: {own[Prefix.Length..]}"
            : $"mpirun ended with exit code {exitCode}: {Reason()}";

        string Reason()
        {
            if (Says("attempt to run as root")) return $"Open MPI does not run as root unasked; {RootRemedy}.";
            if (Says("not enough slots") || Says("more processes than cpus"))
                return "Open MPI has fewer cores for its processes than they need, and counts cores, not hardware threads; use fewer ranks or cores.";
            if (Says("HYD") || Says("unknown option"))
                return "it is not Open MPI's; put the folder of Open MPI's mpirun first in PATH (Debian: apt-get install openmpi-bin).";
            var first = string.Join(' ', lines.SkipWhile(IsRule).TakeWhile(l => l.Length > 0 && !IsRule(l)));
            return first.Length == 0 ? "it does not say why; start one process without it to see more."
                : $"it says \"{(first.Length > MostQuoted ? first[..MostQuoted] + "…" : first.TrimEnd('.'))}\"; start one process without it to see more.";
        }

        bool Says(string words) => error.ReplaceLineEndings(" ").Contains(words, StringComparison.Ordinal);
    }

    private static bool IsRule(string line) => line.Length == 0 || line.All(c => c == '-');

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new ArgumentException("mpirun is not here; install Open MPI (Debian: apt-get install openmpi-bin).");
        }
    }
}
