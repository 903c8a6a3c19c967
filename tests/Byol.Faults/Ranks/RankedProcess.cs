using System.Diagnostics;
using System.Globalization;

namespace Byol.Faults.Ranks;

/// <summary>A launcher of MPI.</summary>
/// <param name="Program">What is started.</param>
/// <param name="Options">Its options before the number of ranks: ranks may be more than there are cores, and take whatever core is free.</param>
/// <param name="RankVariable">The variable in which it tells a process its rank.</param>
internal sealed record RankLauncher(string Program, IReadOnlyList<string> Options, string RankVariable)
{
    public static RankLauncher OpenMpi { get; } = new("mpirun", ["-q", "--oversubscribe", "--bind-to", "none"], "OMPI_COMM_WORLD_RANK");

    public static RankLauncher Mpich { get; } = new("mpiexec.hydra", [], "PMI_RANK");

    /// <summary>What it says of itself; empty where it is not here.</summary>
    public string Version
    {
        get
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(Program, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
                return process.StandardOutput.ReadToEnd();
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return "";
            }
        }
    }
}

/// <summary>A .NET program that runs as several processes, a thread each.</summary>
internal sealed class RankedProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly RankLauncher _launcher;
    private readonly Process _process;
    private readonly Task<string> _output, _error;

    /// <summary>Starts it.</summary>
    /// <param name="launcher">Starts the ranks; one rank is a process that nobody launched.</param>
    /// <param name="ranks">How many.</param>
    /// <param name="command">Assembly and arguments.</param>
    public RankedProcess(RankLauncher launcher, int ranks, params IEnumerable<string> command)
    {
        _launcher = launcher;
        var start = ranks == 1 ? new ProcessStartInfo("dotnet", command)
            : new ProcessStartInfo(launcher.Program, [.. launcher.Options, "-n", $"{ranks}", "dotnet", .. command]);
        (start.RedirectStandardOutput, start.RedirectStandardError, start.Environment["OMP_NUM_THREADS"]) = (true, true, "1");
        (start.Environment["OMPI_ALLOW_RUN_AS_ROOT"], start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"]) = ("1", "1");
        _process = Process.Start(start)!;
        (_output, _error) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Waits for its end.</summary>
    public (int Code, string Out, string Error) Wait()
    {
        if (_process.WaitForExit(Patience)) return (_process.ExitCode, _output.Result, _error.Result);
        _process.Kill(entireProcessTree: true);
        return (-1, "", "it hangs");
    }

    /// <summary>Whether it ended within a time.</summary>
    public bool Wait(TimeSpan time) => _process.WaitForExit(time);

    /// <summary>Sends a signal to a rank.</summary>
    public void Signal(int rank, string signal)
    {
        if (Rank(rank) is { } id) Send(id, signal);
    }

    /// <summary>Sends a signal to the launcher.</summary>
    public void Signal(string signal) => Send(_process.Id, signal);

    private static void Send(int id, string signal)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", [$"-{signal}", $"{id}"]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }

    // Its process, once it has one; null where all have ended before.
    private int? Rank(int rank)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Patience && !HasExited; Thread.Sleep(20))
        {
            foreach (var id in Descendants(_process.Id))
            {
                if (Reads($"/proc/{id}/environ").Contains($"{_launcher.RankVariable}={rank}\0", StringComparison.Ordinal)
                    && Reads($"/proc/{id}/comm").StartsWith("dotnet", StringComparison.Ordinal)) return id;
            }
        }
        return null;
    }

    private static IEnumerable<int> Descendants(int parent) =>
        from task in Directory.Exists($"/proc/{parent}/task") ? Directory.GetDirectories($"/proc/{parent}/task") : []
        from child in Reads(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)
        let id = int.Parse(child, CultureInfo.InvariantCulture)
        from found in Descendants(id).Prepend(id)
        select found;

    private static string Reads(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";      // it has just ended
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
