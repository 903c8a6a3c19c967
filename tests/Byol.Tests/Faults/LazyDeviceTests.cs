using Byol.Faults.Gpu;

namespace Byol.Tests.Faults;

/// <summary>libtorch's lazy device stands in for a GPU, in a process of its own: it refuses tensors of the processor.</summary>
public sealed class LazyDeviceTests
{
    [Fact]
    public void Steps_and_neighbors_mix_no_devices_and_what_does_is_refused() => Passes(6, "--short");

    [Nightly]
    [Fact]
    public void Nor_do_other_optimizers() => Passes(8);

    private static void Passes(int checks, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Names are those of Linux.");
        var (code, output, error) = Programs.In(typeof(LazySteps).Assembly, "BYOL_CACHE", "", ["gpu", "lazy", "--limit", "600", .. arguments]);
        Assert.True(code == 0, $"{code}\n{output}\n{error}");
        Assert.Equal(checks, output.Split('\n').Count(l => l.StartsWith("ok  ", StringComparison.Ordinal)));
    }
}
