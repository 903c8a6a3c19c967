using System.Runtime.InteropServices;

namespace Byol.Interop;

/// <summary>NNPACK, an old library of fp32 convolutions inside libtorch. What oneDNN does not take (64-bit numbers, one small image) is
/// offered to it first.</summary>
internal static class Nnpack
{
    /// <summary>Where it is; by this name glibc finds the copy that is loaded.</summary>
    internal const string Library = "libtorch_cpu.so";

    // at::globalContext() and at::Context::setUserEnabledNNPACK(bool), which TorchSharp does not offer.
    private const string Context = "_ZN2at13globalContextEv", Enable = "_ZN2at7Context20setUserEnabledNNPACKEb";

    /// <summary>Switches it off for this process, once libtorch is loaded. It refuses processors whose caches it cannot see, as in many
    /// virtual machines, and libtorch warns each time it asks; its own convolutions do the work, as before. Nothing happens where the
    /// library has another name or lacks the two functions.</summary>
    public static unsafe void SwitchOff()
    {
        if (!OperatingSystem.IsLinux()
            || !NativeLibrary.TryLoad(Library, out var libtorch)
            || !NativeLibrary.TryGetExport(libtorch, Context, out var context)
            || !NativeLibrary.TryGetExport(libtorch, Enable, out var enable)) return;
        ((delegate* unmanaged<IntPtr, byte, void>)enable)(((delegate* unmanaged<IntPtr>)context)(), 0);
    }
}
