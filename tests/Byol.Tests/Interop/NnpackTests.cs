using System.Runtime.InteropServices;
using Byol.Interop;

namespace Byol.Tests.Interop;

public sealed class NnpackTests
{
    [Fact]
    public unsafe void It_is_off_once_libtorch_is_initialized()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only on Linux is the loaded library found.");
        TorchRuntime.Initialize();
        var libtorch = NativeLibrary.Load(Nnpack.Library);
        var context = (delegate* unmanaged<IntPtr>)NativeLibrary.GetExport(libtorch, "_ZN2at13globalContextEv");
        var isOn = (delegate* unmanaged<IntPtr, byte>)NativeLibrary.GetExport(libtorch, "_ZNK2at7Context17userEnabledNNPACKEv");
        Assert.Equal(0, isOn(context()));
    }
}
