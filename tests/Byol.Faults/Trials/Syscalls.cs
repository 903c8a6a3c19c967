using System.Text.RegularExpressions;

namespace Byol.Faults.Trials;

/// <summary>A system call that touches the run's folder.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Number">Which of that name, from 1.</param>
/// <param name="Paths">The paths in it, relative to the run's folder; of a rename the old one first.</param>
/// <param name="Done">Whether it was carried out, and not only said to be.</param>
internal sealed record Syscall(string Name, int Number, IReadOnlyList<string> Paths, bool Done)
{
    public override string ToString() => $"{Name} number {Number} ({string.Join(", ", Paths)})";
}

/// <summary>strace: shows what the tool does to files, and breaks it there.</summary>
internal static partial class Syscalls
{
    public static IReadOnlyList<string> Traced { get; } = ["openat", "write", "pwrite64", "fsync", "rename", "unlink", "mkdir", "rmdir"];

    /// <summary>Whether strace is here and allowed to trace.</summary>
    public static bool Available { get; } = Try();

    /// <summary>The prefix of a command that notes all calls.</summary>
    public static string[] Noting(string file) =>
        ["strace", "-f", "-y", "-qq", "--seccomp-bpf", "-e", "signal=none", "-e", $"trace={string.Join(',', Traced)}", "-o", file];

    /// <summary>The prefix of a command in which one call goes wrong.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="calls">All calls of a run that nothing happens to: only their paths count.</param>
    /// <param name="name">The call's name.</param>
    /// <param name="what">As strace has it: <c>signal=KILL:when=3</c>.</param>
    /// <remarks>Without <c>--seccomp-bpf</c>, which is faster: with it strace 6.1 sends no signals.</remarks>
    public static string[] Breaking(string run, IEnumerable<Syscall> calls, string name, string what) =>
        ["strace", "-f", "-qq", "-e", "signal=none", "-e", $"trace={name}", "-o", "/dev/null", "-e", $"inject={name}:{what}",
            .. calls.SelectMany(c => c.Paths).Distinct().SelectMany(path => (string[])["-P", Path.Join(run, path)])];

    /// <summary>The calls in a trace that touch the run's folder.</summary>
    public static List<Syscall> Read(string file, string run)
    {
        var (calls, numbers) = (new List<Syscall>(), new Dictionary<string, int>());
        foreach (var line in File.ReadLines(file))
        {
            if (Call().Match(line) is not { Success: true } call) continue;
            var paths = Quoted().Matches(line).Select(m => m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value)
                .Where(p => p == run || p.StartsWith(run + "/", StringComparison.Ordinal))
                .Select(p => p[run.Length..]).Distinct().ToList();
            if (paths.Count == 0) continue;
            var name = call.Groups[1].Value;
            numbers[name] = numbers.GetValueOrDefault(name) + 1;
            calls.Add(new Syscall(name, numbers[name], paths,
                !line.Contains("INJECTED", StringComparison.Ordinal) && !line.Contains("= -1", StringComparison.Ordinal)));
        }
        return calls;
    }

    private static bool Try()
    {
        try
        {
            return OperatingSystem.IsLinux() && Tool.Run(["strace", "-f", "-qq", "-o", "/dev/null", "true"], Path.GetTempPath()).Code == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^\d+ +(\w+)\(")]
    private static partial Regex Call();

    // A path as an argument, or behind the number of an open file.
    [GeneratedRegex("\"(/[^\"]*)\"|\\d<(/[^>]*)>")]
    private static partial Regex Quoted();
}
