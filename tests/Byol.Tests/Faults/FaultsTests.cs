using Byol.Faults.Trials;

namespace Byol.Tests.Faults;

/// <summary>A run to break; made once.</summary>
public sealed class RunToBreak : IDisposable
{
    internal Lazy<Fixture> Fixture { get; } = new(() => new Fixture());

    public void Dispose()
    {
        if (Fixture.IsValueCreated) Fixture.Value.Dispose();
    }
}

/// <summary>A few of every fault; <c>tests/faults/run</c> has them all.</summary>
public sealed class FaultsTests(RunToBreak run) : IClassFixture<RunToBreak>
{
    private const string NoStrace = "strace is not here, or may not trace.";

    [Fact]
    public void A_run_that_is_killed_in_a_save_or_at_any_time_goes_on_as_if_nothing_had_happened()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Syscalls.Available, NoStrace);
        var points = Kills.OfThreeSaves(run.Fixture.Value.Calls!);
        Assert.InRange(points.Count, 60, 200);
        AssertKept(Kills.AtSystemCalls(run.Fixture.Value,
            [points.First(c => c.Paths[0].EndsWith("manifest.json", StringComparison.Ordinal))], parallel: 1));
        AssertKept(Kills.AtAnyTime(run.Fixture.Value, 1, seed: 5, parallel: 1));
    }

    [Fact]
    public void A_disk_that_fails_to_flush_is_not_believed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Syscalls.Available, NoStrace);
        AssertKept(Disks.Failing("fsync fails", run.Fixture.Value, "fsync", "EIO", count: 1, parallel: 1));
    }

    [Fact]
    public void Parts_cut_short_and_turned_bits_are_found_out()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The harness needs Linux.");
        using var damage = new Damage(run.Fixture.Value);
        AssertKept(damage.Truncations(40));
        AssertKept(damage.BitFlips(200, seed: 3));
    }

    [Fact]
    public void Every_check_fails_where_what_it_looks_for_is_taken_away()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Syscalls.Available, NoStrace);
        var row = Controls.All(run.Fixture.Value);
        AssertKept(row);
        Assert.True(row.Tried >= 12, $"Only {row.Tried} checks were tried.");
    }

    private static void AssertKept(FaultRow row)
    {
        Assert.True(row.Lost.Count == 0, string.Join('\n', row.Lost));
        Assert.True(row.Tried > 0);
    }
}
