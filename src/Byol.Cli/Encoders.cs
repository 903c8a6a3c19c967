using Byol.Cli.Commands;
using Byol.Export;
using Byol.Interop;
using Byol.Models;

namespace Byol.Cli;

/// <summary>Opens whatever a user has of an encoder.</summary>
internal static class Encoders
{
    public const string OnnxSuffix = ".onnx";

    /// <summary>Opens an encoder to embed images with.</summary>
    /// <param name="typed">A run folder or a file.</param>
    /// <param name="precision">What libtorch computes in; ONNX Runtime computes in fp32.</param>
    /// <exception cref="ArgumentException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged or holds no encoder.</exception>
    public static IImageEncoder Open(string typed, Precision precision)
    {
        var path = Evaluate.EncoderPath(typed);
        return path.EndsWith(OnnxSuffix, StringComparison.OrdinalIgnoreCase) ? new OnnxEncoder(path)
            : TorchEncoder.Open(path, precision, TorchRuntime.DefaultDevice);
    }
}
