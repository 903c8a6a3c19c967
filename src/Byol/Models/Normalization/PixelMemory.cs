using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Byol.Models.Normalization;

/// <summary>The memory of [B,C] or [B,C,H,W], where the channels of a pixel lie side by side.</summary>
internal static unsafe class PixelMemory
{
    /// <summary>Whether they do.</summary>
    public static bool Suits(Tensor x)
    {
        if (x.Dimensions == 2) return x.is_contiguous();
        if (x.Dimensions != 4) return false;
        using var pixels = x.permute(0, 2, 3, 1);
        return pixels.is_contiguous();
    }

    /// <summary>The same numbers, copied where they lie otherwise; the caller disposes it.</summary>
    public static Tensor Arrange(Tensor x)
    {
        if (x.Dimensions == 2) return x.contiguous();
        using var pixels = x.permute(0, 2, 3, 1);
        using var arranged = pixels.contiguous();
        return arranged.permute(0, 3, 1, 2);
    }

    /// <summary>Memory of the same shape and type, with channels side by side.</summary>
    public static Tensor Like(Tensor x)
    {
        if (x.Dimensions == 2) return empty(x.shape, x.dtype);
        using var pixels = empty([x.shape[0], x.shape[2], x.shape[3], x.shape[1]], x.dtype);
        return pixels.permute(0, 3, 1, 2);
    }

    /// <summary>The first element. The tensor must outlive its use.</summary>
    public static T* First<T>(Tensor x) where T : unmanaged
    {
        using var first = x.Dimensions switch     // a span of all would end at 2 GiB
        {
            1 => x.narrow(0, 0, 1),
            2 => x.narrow(0, 0, 1),
            _ => x.narrow(0, 0, 1).permute(0, 2, 3, 1),
        };
        return (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }
}
