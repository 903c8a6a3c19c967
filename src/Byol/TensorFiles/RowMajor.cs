using static TorchSharp.torch;

namespace Byol.TensorFiles;

/// <summary>The bytes of a tensor as files have them.</summary>
internal static class RowMajor
{
    public delegate void Reader(ReadOnlySpan<byte> bytes);

    /// <summary>Hands over the bytes of a tensor of any device and memory layout, row by row.</summary>
    public static void Read(Tensor value, Reader reader)
    {
        using var detached = value.detach();
        using var onCpu = detached.cpu();
        using var contiguous = onCpu.contiguous();
        reader(contiguous.bytes);
    }
}
