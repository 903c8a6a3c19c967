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
        Report = "_ZN5torch4lazy18CreateMetricReportB5cxx11Ev";

    // The device type that libtorch calls Lazy, which TorchSharp has no name for.
    private const DeviceType Lazy = (DeviceType)17;
    private static bool _started;

    /// <summary>The device; the backend starts when it is first asked for, and stays for the process.</summary>
    public static Device Get()
    {
        TorchRuntime.Initialize();
        if (!_started) ((delegate* unmanaged<void>)Export(Start))();
        _started = true;
        return new Device(Lazy, 0);
    }

    /// <summary>What the backend counts: operations by name, compilations, transfers.</summary>
    public static Dictionary<string, long> Counters()
    {
        // std::string by its address: where its characters are, and how many.
        var text = stackalloc nint[4];
        ((delegate* unmanaged<nint*, nint>)Export(Report))(text);
        var lines = Marshal.PtrToStringUTF8(text[0], (int)text[1]).Split('\n');
        var counters = new Dictionary<string, long>();
        foreach (var (i, line) in lines.Index())
        {
            if (line.Split(": ") is not [("Metric" or "Counter"), var name] || i + 1 == lines.Length) continue;
            if (lines[i + 1].Split(": ") is [_, var value] && long.TryParse(value, out var number)) counters[name] = number;
        }
        return counters;
    }

    /// <summary>How often the device had to compute so far because something was read: it puts off all work until then.</summary>
    public static long Reads => Counters().GetValueOrDefault("TensorsGraphSize");

    private static nint Export(string name) => NativeLibrary.GetExport(NativeLibrary.Load(Library, typeof(torch).Assembly, null), name);
}
