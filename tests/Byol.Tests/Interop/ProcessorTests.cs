using Byol.Interop;

namespace Byol.Tests.Interop;

public sealed class ProcessorTests
{
    [Theory]
    [InlineData("avx2")]
    [InlineData("avx512bw")]
    [InlineData("avx512_bf16")]
    [InlineData("amx_bf16")]
    public void Features_are_those_that_the_kernel_lists(string flag)
    {
        Assert.SkipUnless(File.Exists("/proc/cpuinfo") && File.ReadAllText("/proc/cpuinfo").Contains("\nflags", StringComparison.Ordinal),
            "There is no /proc/cpuinfo of an x86 processor here.");
        var flags = File.ReadLines("/proc/cpuinfo").First(l => l.StartsWith("flags", StringComparison.Ordinal)).Split(' ');
        var processor = Processor.Current;
        var seen = flag switch
        {
            "avx2" => processor.Avx2,
            "avx512bw" => processor.Avx512,
            "avx512_bf16" => processor.Bf16,
            _ => processor.Amx
        };
        Assert.Equal(flags.Contains(flag), seen);
    }

    [Fact]
    public void Its_maker_is_the_one_that_the_kernel_names()
    {
        Assert.SkipUnless(File.Exists("/proc/cpuinfo") && File.ReadAllText("/proc/cpuinfo").Contains("\nvendor_id", StringComparison.Ordinal),
            "There is no /proc/cpuinfo of an x86 processor here.");
        var maker = File.ReadLines("/proc/cpuinfo").First(l => l.StartsWith("vendor_id", StringComparison.Ordinal));
        Assert.Equal(maker.EndsWith("GenuineIntel", StringComparison.Ordinal), Processor.Current.IsIntel);
    }
}
