using System.Runtime.InteropServices;
using TorchSharp;

namespace Byol.Interop;

/// <summary>How a GPU computes: process-wide settings of libtorch.</summary>
/// <remarks>Not run on a GPU.</remarks>
internal static class CudaMath
{
    /// <summary>Set it to have convolutions that give the same bits each time, and are slower.</summary>
    public const string Variable = "BYOL_CUDNN_DETERMINISTIC";

    // at::accelerator::setDeviceIndex(DeviceIndex), which TorchSharp does not offer either.
    private const string Current = "_ZN2at11accelerator14setDeviceIndexEa";

    // at::Context::setBenchmarkCuDNN(bool) and setDeterministicCuDNN(bool), which TorchSharp does not offer.
    private const string Context = "_ZN2at13globalContextEv", Benchmark = "_ZN2at7Context17setBenchmarkCuDNNEb",
        Deterministic = "_ZN2at7Context21setDeterministicCuDNNEb";

    /// <summary>Prepares computing on a device; nothing if that is a processor. It becomes the process's current one: NCCL takes that,
    /// and page-locked memory belongs to it.</summary>
    /// <param name="device">Where it computes.</param>
    /// <param name="isFloat32">Whether it was asked for 32-bit floats: then they are not rounded to TF32's 19 bits.</param>
    public static void Prepare(torch.Device device, bool isFloat32)
    {
        if (device.type != DeviceType.CUDA) return;
        torch.backends.cuda.matmul.allow_tf32 = !isFloat32;
        torch.backends.cudnn.allow_tf32 = !isFloat32;
        Use(device.index);
        var isDeterministic = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };
        Set(Benchmark, !isDeterministic);       // shapes stay the same for a whole run, so trying what is fastest pays
        Set(Deterministic, isDeterministic);
    }

    /// <summary>Whether libtorch has the settings by these names.</summary>
    internal static bool IsKnown => Find(Benchmark) != 0 && Find(Deterministic) != 0 && Find(Context) != 0 && Find(Current) != 0;

    private static nint Find(string name) => NativeLibrary.TryLoad(Nnpack.Library, out var libtorch)
        && NativeLibrary.TryGetExport(libtorch, name, out var address) ? address : 0;

    private static unsafe void Use(int index)
    {
        if (Find(Current) is not 0 and var use) ((delegate* unmanaged<sbyte, void>)use)((sbyte)Math.Max(0, index));
    }

    private static unsafe void Set(string name, bool value)
    {
        var (set, context) = (Find(name), Find(Context));
        if (set != 0 && context != 0) ((delegate* unmanaged<nint, byte, void>)set)(((delegate* unmanaged<nint>)context)(), value ? (byte)1 : (byte)0);
    }
}
