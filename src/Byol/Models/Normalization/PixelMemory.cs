using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Byol.Models.Normalization;

/// <summary>The memory of [B,C] or [B,C,H,W], where the channels of a pixel lie side by side.</summary>
internal static unsafe partial class PixelMemory
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

    /// <summary>The first element. The tensor must outlive its use.</summary>
    /// <remarks>TorchSharp's own way there is a span of bytes, which ends at 2 GiB, and not for channels side by side.</remarks>
    public static T* First<T>(Tensor x) where T : unmanaged
    {
        var first = (T*)Data(x.Handle);
        GC.KeepAlive(x);
        return first;
    }

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data"), SuppressGCTransition]
    private static partial nint Data(nint tensor);
}
