using System.Security.Cryptography;
using Byol.TensorFiles;
using static TorchSharp.torch;

namespace Byol.Encoders;

/// <summary>The SHA-256 of an encoder's weights, by which they are known again in any format: that of the data of its safetensors file,
/// which
/// is all that follows the header.</summary>
internal static class WeightsDigest
{
    /// <summary>Computes it.</summary>
    /// <param name="tensors">Names and values in the order of <see cref="EncoderFile.Tensors"/>.</param>
    /// <returns>64 hexadecimal digits.</returns>
    public static string Of(IEnumerable<(string Name, Tensor Value)> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, value) in tensors) RowMajor.Read(value, bytes => hash.AppendData(bytes));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
