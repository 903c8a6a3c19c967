using Byol.Interop;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Models;

/// <summary>The type that convolutions and matrix products are computed in. Master weights, BatchNorm statistics, the loss, the optimizer
/// and the target's average are fp32 in any case.</summary>
public enum Precision
{
    /// <summary><see cref="BFloat16"/> if it is faster on the processor or GPU, <see cref="Float32"/> otherwise.</summary>
    Auto,

    /// <summary>32-bit floats throughout.</summary>
    Float32,

    /// <summary>Bfloat16 compute with fp32 master weights.</summary>
    BFloat16,
}

/// <summary>From a <see cref="Precision"/> to the type that the encoder computes in.</summary>
internal static class Precisions
{
    /// <summary>The type of the views. Each layer computes in its input's type, so the whole encoder computes in it.</summary>
    /// <param name="precision">The requested precision.</param>
    /// <param name="device">The device to compute on.</param>
    public static ScalarType ComputeType(this Precision precision, Device device) => precision switch
    {
        Precision.Float32 => ScalarType.Float32,
        Precision.BFloat16 => ScalarType.BFloat16,
        _ => GainsFromBFloat16(device) ? ScalarType.BFloat16 : ScalarType.Float32,
    };

    private static bool GainsFromBFloat16(Device device) =>
        device.type == DeviceType.CPU ? Processor.Current.GainsFromBf16 : device.type == DeviceType.CUDA;
}
