using System.Globalization;
using System.Runtime.InteropServices;
using Byol.TensorFiles;
using static TorchSharp.torch;

namespace Byol.Encoders;

/// <summary>Refuses weights that make NaN of every image: found where a file is read, they can be named.</summary>
internal static class FiniteWeights
{
    /// <summary>Throws if a tensor holds NaN, an infinity or a negative variance.</summary>
    /// <param name="path">The file, for the message.</param>
    /// <param name="name">The tensor's name in it.</param>
    /// <param name="tensor">fp32, of any device and memory layout.</param>
    /// <exception cref="InvalidDataException">It does; the message names the first value at fault.</exception>
    public static void Require(string path, string name, Tensor tensor) =>
        RowMajor.Read(tensor, bytes => Require(path, name, MemoryMarshal.Cast<byte, float>(bytes)));

    /// <summary>The same of values in memory.</summary>
    public static void Require(string path, string name, ReadOnlySpan<float> values)
    {
        // BatchNorm divides by the root of a variance.
        var least = name.EndsWith("running_var", StringComparison.Ordinal) ? 0 : float.MinValue;
        foreach (var value in values)
        {
            if (value >= least && value <= float.MaxValue) continue;
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"{path}: tensor {Printable.Of(name)} holds {value}; ")
                + $"weights must be finite numbers{(least == 0 ? " and variances not negative" : "")}; "
                + "use a checkpoint from before training diverged, or another copy of the file.");
        }
    }
}
