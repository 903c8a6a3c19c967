using System.Globalization;

namespace Byol.Faults.Trials;

/// <summary>Disks that are full, fail or cannot be written.</summary>
internal static class Disks
{
    private const int NoMount = 97;

    /// <summary>Whether this process may mount file systems, in a namespace of its own.</summary>
    public static bool CanMount { get; } = OperatingSystem.IsLinux()
        && Tool.Run(["unshare", "-m", "sh", "-c", "mount -t tmpfs none /mnt"], Path.GetTempPath()).Code == 0;

    /// <summary>A small file system that is full before the run is done; then room is made and the run goes on.</summary>
    public static FaultRow Full(Fixture fixture, int count, int seed, int parallel)
    {
        if (!CanMount) return new FaultRow("disk full (a small file system)", 0, []) { NotPossible = "no right to mount" };
        var random = new Random(seed);
        var sizes = Enumerable.Range(0, count).Select(_ => random.Next(16, 5000)).ToList();
        return FaultRow.Of("disk full (a small file system)", sizes, parallel, kilobytes =>
        {
            using var trial = fixture.New();
            var kept = $"{trial.Run}-kept";
            // The run's folder is gone with the namespace: what is in it is copied, as it was when the disk was full, and at the end.
            var script = string.Create(CultureInfo.InvariantCulture, $"""
                mkdir -p {trial.Run} && mount -t tmpfs -o size={kilobytes}k none {trial.Run} || exit {NoMount}
                "$@"; code=$?
                mkdir {kept} && cp -a {trial.Run}/. {kept}
                exit $code
                """);
            var result = Tool.Run(["unshare", "-m", "sh", "-c", script, "sh", .. trial.Command(resume: false)], trial.Work);
            if (result.Code == NoMount) return $"the harness could not mount: {result.Error}";
            if (result.Code != 0 && result.UnlessOneLineNames(trial.Run) is { } silent) return silent;
            Directory.Delete(trial.Run);
            Directory.Move(kept, trial.Run);
            return trial.Recover(Fixture.Interval);
        });
    }

    /// <summary>A write that finds no room, and one after which the disk says that nothing was kept.</summary>
    /// <param name="fault">What the table calls it.</param>
    /// <param name="fixture">The run.</param>
    /// <param name="name">Which call fails.</param>
    /// <param name="error">How.</param>
    /// <param name="count">How many of them are tried, spread over the run.</param>
    /// <param name="parallel">How many at once.</param>
    public static FaultRow Failing(string fault, Fixture fixture, string name, string error, int count, int parallel)
    {
        if (fixture.Calls is not { } calls) return new FaultRow(fault, 0, []) { NotPossible = "no strace" };
        var candidates = calls.FindAll(c => c.Name == name);
        var points = Enumerable.Range(0, count).Select(i => candidates[i * candidates.Count / count]).ToList();
        return FaultRow.Of(fault, points, parallel, point =>
        {
            using var trial = fixture.New();
            var breaking = Syscalls.Breaking(trial.Run, calls, point.Name, $"error={error}:when={point.Number}");
            var result = Tool.Run([.. breaking, .. trial.Command(resume: false)], trial.Work);
            if (result.UnlessOneLineNames(trial.Run) is { } silent) return silent;
            return trial.Recover(Fixture.Interval);
        });
    }

    /// <summary>Folders that cannot be written, by their file system or by their rights: nothing is trained, nothing changes.</summary>
    public static FaultRow ReadOnly(Fixture fixture, int parallel)
    {
        if (!CanMount) return new FaultRow("read-only folder", 0, []) { NotPossible = "no right to mount" };
        var ways =
            from what in (string[])["above the run's", "of the run, empty", "of the run, to go on with"]
            from how in (string[])["mounted read-only", "without the right"]
            select (What: what, How: how);
        return FaultRow.Of("read-only folder", ways.ToList(), parallel, way =>
        {
            using var trial = fixture.New();
            var folder = way.What.StartsWith("above", StringComparison.Ordinal)
                ? Path.GetDirectoryName(trial.Run)! : Directory.CreateDirectory(trial.Run).FullName;
            var resume = way.What.EndsWith("go on with", StringComparison.Ordinal);
            if (resume) Interrupt(trial);
            var before = RunState.LastStep(trial.Run);
            var unwritable = way.How == "without the right" ? WithoutRight(folder) : Mounted(folder);
            var result = Tool.Run([.. unwritable, .. trial.Command(resume)], trial.Work);
            Tool.Run(["chmod", "-R", "u+w", folder], trial.Work);
            if (result.UnlessOneLineNames(trial.Run) is { } silent) return silent;
            return RunState.LastStep(trial.Run) != before ? "it trained all the same" : trial.Recover(Fixture.Interval);
        });
    }

    private static void Interrupt(Trial trial)
    {
        using var tool = new Tool(trial.Command(resume: false), trial.Work);
        SpinWait.SpinUntil(() => tool.HasExited || RunState.Checkpoints(trial.Run).Count > 0, TimeSpan.FromMinutes(2));
        tool.Signal("KILL");
        tool.Wait();
    }

    private static string[] Mounted(string folder) =>
        ["unshare", "-m", "sh", "-c", $"mount --bind {folder} {folder} && mount -o remount,ro,bind {folder} && \"$@\"", "sh"];

    // Root may write where the rights forbid it: it gives that up.
    private static string[] WithoutRight(string folder) =>
    [
        "sh", "-c",
        $"chmod -R a-w {folder} && setpriv --inh-caps=-dac_override,-dac_read_search --bounding-set=-dac_override,-dac_read_search \"$@\"",
        "sh",
    ];
}
