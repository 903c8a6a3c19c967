using System.Diagnostics;
using System.Globalization;

namespace Byol.Faults.Trials;

/// <summary>How the tool ended.</summary>
/// <param name="Code">Its exit code; 128 and the signal's number where a signal ended it.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record ToolResult(int Code, string Output, string Error)
{
    /// <summary>Null where it failed as it should: a documented code, one line with the file, no stack trace.</summary>
    /// <param name="file">What the line must name.</param>
    public string? UnlessOneLineNames(string file)
    {
        var lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (Code is not (1 or 2)) return $"I4: exit code {Code}: {Error}";
        if (lines.Count(l => l.StartsWith("byol: ", StringComparison.Ordinal)) != 1
            || !lines[^1].StartsWith("byol: ", StringComparison.Ordinal))
        {
            return $"I4: not one line at the end: {Error}";
        }
        if (!lines[^1].Contains(file, StringComparison.Ordinal)) return $"I4: {file} is not named: {lines[^1]}";
        return Error.Contains("   at ", StringComparison.Ordinal) ? $"I4: a stack trace: {Error}" : null;
    }
}

/// <summary>The real tool, as a process of its own.</summary>
internal sealed class Tool : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5), LeastWork = TimeSpan.FromMilliseconds(100);
    private readonly Process _process;
    private readonly Task<string> _output, _error;

    /// <summary>The program and its first argument.</summary>
    public static string[] Command { get; } = ["dotnet", Path.Combine(AppContext.BaseDirectory, "Byol.Cli.dll")];

    /// <summary>Starts the tool.</summary>
    /// <param name="command">All of the command line, whatever runs the tool included.</param>
    /// <param name="folder">Where it works and puts temporary files.</param>
    public Tool(IEnumerable<string> command, string folder)
    {
        // A job in the background of a shell ignores SIGINT, and so would all that it starts.
        var start = new ProcessStartInfo("env", ["--default-signal=INT,TERM", .. command])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["TMPDIR"] = folder;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";   // no sockets among the temporary files
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_CallCountThreshold"] = "100000";   // a run of seconds does not earn a second compilation
        _process = Process.Start(start)!;
        (_output, _error) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
    }

    public static ToolResult Run(IEnumerable<string> command, string folder)
    {
        using var tool = new Tool(command, folder);
        return tool.Wait();
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Whether it ended within a time.</summary>
    public bool Wait(TimeSpan time) => _process.WaitForExit(time);

    public ToolResult Wait()
    {
        if (Hangs())
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
            return new ToolResult(-1, "", "it hangs");
        }
        return new ToolResult(_process.ExitCode, _output.GetAwaiter().GetResult(), _error.GetAwaiter().GetResult());
    }

    // On a machine that others use a process can wait long for its turn: it hangs where it takes no turn.
    private bool Hangs()
    {
        for (var before = TimeSpan.Zero; !_process.WaitForExit(Patience);)
        {
            _process.Refresh();
            var now = _process.HasExited ? TimeSpan.MaxValue : _process.TotalProcessorTime;
            if (now - before < LeastWork) return true;
            before = now;
        }
        return false;
    }

    /// <summary>Sends a signal by its name.</summary>
    public void Signal(string signal)
    {
        if (_process.HasExited) return;
        string[] arguments = [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)];
        using var kill = Process.Start(new ProcessStartInfo("kill", arguments) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
