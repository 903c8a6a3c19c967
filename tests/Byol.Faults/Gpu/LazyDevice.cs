using System.Runtime.InteropServices;
using Byol.Interop;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Faults.Gpu;

/// <summary>libtorch's lazy TorchScript backend, which every build has: a device of its own that throws where tensors of the processor are
/// mixed in, as a GPU does. It stands in for one.</summary>
internal static unsafe class LazyDevice
{
    private const string Library = "libtorch_cpu.so", Start = "_ZN5torch4lazy22InitTorchScriptBackendEv",
        ProfilingMode = "_ZN5torch3jit16getProfilingModeEv";

    // The device type that libtorch calls Lazy, which TorchSharp has no name for.
    private const DeviceType Lazy = (DeviceType)17;
    private static bool _started;

    /// <summary>The device; the backend starts when it is first asked for, and stays for the process.</summary>
    public static Device Get()
    {
        TorchRuntime.Initialize();
        if (!_started)
        {
            ((delegate* unmanaged<void>)Export(Start))();
            *((delegate* unmanaged<byte*>)Export(ProfilingMode))() = 0;     // graphs run once or twice: compiling them well takes longer
        }
        _started = true;
        return new Device(Lazy, 0);
    }

    private static nint Export(string name) => NativeLibrary.GetExport(NativeLibrary.Load(Library, typeof(torch).Assembly, null), name);
}
