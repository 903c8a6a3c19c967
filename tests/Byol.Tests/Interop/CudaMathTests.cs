using Byol.Interop;
using static TorchSharp.torch;

namespace Byol.Tests.Interop;

public sealed class CudaMathTests
{
    [Fact]
    public void Libtorch_has_the_settings_by_these_names()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Names are those of Linux.");
        TorchRuntime.Initialize();
        Assert.True(CudaMath.IsKnown);
        CudaMath.Prepare(CPU, isFloat32: true);     // and a processor is left alone
    }

    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB", true, true)]
    [InlineData("[enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory", true, false)]
    [InlineData("CUDA error: device-side assert triggered", false, true)]
    [InlineData("expected scalar type Float but found Double", false, false)]
    public void Errors_are_told_by_their_text(string message, bool isMemory, bool isGpu)
    {
        var error = new LibtorchError(message);
        Assert.Equal((isMemory, isGpu), (TorchErrors.IsOutOfMemory(error), TorchErrors.IsOfGpu(error)));
    }
}
