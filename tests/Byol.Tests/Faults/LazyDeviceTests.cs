using Byol.Faults.Gpu;

namespace Byol.Tests.Faults;

/// <summary>libtorch's lazy device stands in for a GPU, in a process of its own: it refuses tensors of the processor, and it counts what is
/// read from it.</summary>
public sealed class LazyDeviceTests
{
    [Fact]
    public void Steps_a_run_and_its_evaluation_mix_no_devices_and_a_step_is_read_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Names are those of Linux.");
        var (code, output, error) = Programs.In(typeof(LazySteps).Assembly, "BYOL_CACHE", "", "gpu", "lazy", "--limit", "240");
        Assert.True(code == 0, $"{code}\n{output}\n{error}");
        Assert.Equal(10, output.Split('\n').Count(l => l.StartsWith("ok  ", StringComparison.Ordinal)));
        Assert.Equal(3, output.Split('\n').Count(l => l.Contains("2 reads in 2 steps", StringComparison.Ordinal)));
    }
}
