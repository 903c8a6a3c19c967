using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Byol.Interop;

/// <summary>NNPACK, an old library of convolutions inside libtorch, to which the smallest go: one small image, or 64-bit numbers.</summary>
internal static class Nnpack
{
    // at::globalContext() and at::Context::setUserEnabledNNPACK(bool), which TorchSharp does not offer.
    private const string Context = "_ZN2at13globalContextEv", Enable = "_ZN2at7Context20setUserEnabledNNPACKEb";

    /// <summary>Switches it off for this process. It refuses processors whose caches it cannot see, as in many virtual machines, and
    /// libtorch then warns at every call; what it would compute, libtorch's own convolutions do. Nothing happens where libtorch is not
    /// loaded or lacks the two functions.</summary>
    public static unsafe void SwitchOff()
    {
        if (Loaded() is not { } libtorch
            || !NativeLibrary.TryGetExport(libtorch, Context, out var context)
            || !NativeLibrary.TryGetExport(libtorch, Enable, out var enable)) return;
        ((delegate* unmanaged<IntPtr, byte, void>)enable)(((delegate* unmanaged<IntPtr>)context)(), 0);
    }

    /// <summary>The library that is loaded already, or null: a second copy of it would end the process.</summary>
    internal static IntPtr? Loaded()
    {
        if (!OperatingSystem.IsLinux()) return null;
        using var process = Process.GetCurrentProcess();
        var path = process.Modules.Cast<ProcessModule>().FirstOrDefault(m => m.ModuleName == "libtorch_cpu.so")?.FileName;
        return path is not null && NativeLibrary.TryLoad(path, out var handle) ? handle : null;
    }
}
