using Byol.Encoders;
using Byol.TensorFiles.Onnx;

namespace Byol.Export;

/// <summary>The constants of an ONNX model, looked at without running it.</summary>
internal static class OnnxWeights
{
    /// <summary>Throws if a constant in fp32 holds NaN or an infinity.</summary>
    /// <param name="path">The file, for the message.</param>
    /// <param name="model">All of its bytes.</param>
    /// <exception cref="InvalidDataException">One does, or the bytes are not a model; the message names the tensor.</exception>
    public static void RequireFinite(string path, ReadOnlyMemory<byte> model)
    {
        foreach (var (name, constant) in OnnxModel.Parse(path, model).Constants)
        {
            if (constant.Elements > 0) FiniteWeights.Require(path, name, constant.Floats);
        }
    }
}
