using System.Diagnostics;
using Byol.Cli.Machine;
using Byol.Models.Numerics;

namespace Byol.Tests.Cli.Machine;

/// <summary>The sweep outlives what it looks for.</summary>
public sealed class NumericsProcessTests
{
    [Fact]
    public void A_layer_that_ends_the_process_is_named_and_the_sweep_goes_on_behind_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs a shell that ends itself by a signal.");
        var (shapes, last) = (NumericsSweep.Shapes(isWhole: false), 0);
        var result = NumericsProcess.Run(false, TimeSpan.FromMinutes(1), (done, _, _) => last = done, from => Shell(from switch
        {
            0 => "echo begins; echo ends 1e-9; echo begins; kill -FPE $$",
            2 => "echo begins; echo ends 5e-1",
            _ => throw new InvalidOperationException($"It began again at {from}."),
        }));
        Assert.Equal((3, shapes.Count, 3), (result.Checked, result.All, last));
        Assert.Equal([$"{shapes[1]}, ends the process with exit code 136", $"{shapes[2]}, is wrong by 5e-1 of the typical size of its numbers"],
            result.Faults);
    }

    [Fact]
    public void A_sweep_that_cannot_begin_is_an_error() => Assert.Throws<InvalidOperationException>(() =>
        NumericsProcess.Run(false, TimeSpan.FromMinutes(1), (_, _, _) => { }, _ => Shell("exit 3")));

    [Fact]
    public void Time_ends_it()
    {
        var start = Stopwatch.GetTimestamp();
        var result = NumericsProcess.Run(false, TimeSpan.FromMilliseconds(200), (_, _, _) => { }, _ => Shell("echo begins; sleep 100"));
        Assert.Equal((0, 0), (result.Checked, result.Faults.Count));
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(90));
    }

    private static ProcessStartInfo Shell(string script) => new("bash", ["-c", script]);
}
