using System.Runtime.InteropServices;
using Byol.Data.Loading;
using static TorchSharp.torch;

namespace Byol.Interop;

/// <summary>The only bridge from managed images to tensors.</summary>
public static class ViewTensors
{
    private const int LargestCopy = 1 << 28;   // floats: a span of bytes ends at 2 GiB, a batch of the paper is more

    /// <summary>Copies the two views of a batch into tensors.</summary>
    /// <param name="batch">Two views of B images, [B,S,S,3] each.</param>
    /// <param name="device">The device for the tensors.</param>
    /// <param name="dtype">The type that the encoder computes in.</param>
    /// <returns>v and v', [B,3,S,S] each, in channels-last memory; the caller's dispose scope owns them.</returns>
    public static (Tensor First, Tensor Second) From(ViewBatch batch, Device device, ScalarType dtype) =>
        (From(batch.First, batch.Count, batch.ImageSize, device, dtype), From(batch.Second, batch.Count, batch.ImageSize, device, dtype));

    /// <summary>Copies images into a tensor.</summary>
    /// <param name="pixels">At least count × size × size × 3 normalized floats, [B,S,S,3].</param>
    /// <param name="count">B, the number of images.</param>
    /// <param name="size">S, the side in pixels.</param>
    /// <param name="device">The device for the tensors.</param>
    /// <param name="dtype">The type that the encoder computes in.</param>
    /// <returns>[B,3,S,S] in channels-last memory; the caller's dispose scope owns it.</returns>
    internal static Tensor From(ReadOnlySpan<float> pixels, int count, int size, Device device, ScalarType dtype)
    {
        using var nhwc = empty([count, size, size, 3], ScalarType.Float32);
        Fill(nhwc, pixels);
        using var placed = nhwc.to(dtype, device);
        return placed.permute(0, 3, 1, 2);
    }

    /// <summary>Copies numbers into a tensor; a GPU fetches them while the processor goes on, and is not waited for.</summary>
    /// <param name="values">Class indices, say.</param>
    /// <param name="device">Where the tensor shall live.</param>
    /// <returns>[n] int64; the caller's dispose scope owns it.</returns>
    internal static Tensor From(long[] values, Device device)
    {
        if (device.type != TorchSharp.DeviceType.CUDA) return tensor(values, device: device);
        using var here = tensor(values);
        using var locked = here.pin_memory();
        return locked.to(device, non_blocking: true);
    }

    /// <summary>Copies pixels into memory that is there.</summary>
    /// <param name="nhwc">[B,S,S,3] of the processor, in fp32.</param>
    /// <param name="pixels">At least as many floats.</param>
    internal static void Fill(Tensor nhwc, ReadOnlySpan<float> pixels)
    {
        var (count, size) = ((int)nhwc.shape[0], (int)nhwc.shape[1]);
        var length = size * size * 3;
        var step = Math.Max(1, LargestCopy / length);
        for (var start = 0; start < count; start += step)
        {
            var images = Math.Min(step, count - start);
            using var part = nhwc.narrow(0, start, images);
            MemoryMarshal.AsBytes(pixels.Slice(start * length, images * length)).CopyTo(part.bytes);
        }
    }
}
