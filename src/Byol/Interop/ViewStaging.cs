using Byol.Data.Loading;
using static TorchSharp.torch;

namespace Byol.Interop;

/// <summary>Copies views to the device of the networks. A GPU reads them from page-locked memory, which every batch reuses, and casts them
/// itself.</summary>
/// <remarks>The copy is asynchronous. The memory may be filled again once a result that was computed from it has been read.</remarks>
/// <param name="device">The device to copy to.</param>
/// <param name="type">The type that the encoder computes in.</param>
internal sealed class ViewStaging(Device device, ScalarType type) : IDisposable
{
    private readonly Tensor?[] _pages = new Tensor?[2];     // [B,S,S,3] of each view

    /// <summary>Moves the two views of a batch.</summary>
    /// <param name="batch">[B,S,S,3] each.</param>
    /// <returns>v and v', [B,3,S,S] each, in channels-last memory; the caller's dispose scope owns them.</returns>
    public (Tensor First, Tensor Second) Place(ViewBatch batch) => device.type == TorchSharp.DeviceType.CPU
        ? ViewTensors.From(batch, device, type)
        : (Place(0, batch.First, batch.Count, batch.ImageSize), Place(1, batch.Second, batch.Count, batch.ImageSize));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var page in _pages) page?.Dispose();
    }

    private Tensor Place(int view, ReadOnlySpan<float> pixels, int count, int size)
    {
        if (_pages[view]?.shape is not [var n, var s, _, _] || n != count || s != size)
        {
            _pages[view]?.Dispose();
            _pages[view] = Locked(empty([count, size, size, 3], ScalarType.Float32)).DetachFromDisposeScope();
        }
        ViewTensors.Fill(_pages[view]!, pixels);
        using var moved = _pages[view]!.to(device, non_blocking: true);
        using var typed = moved.to(type);
        return typed.permute(0, 3, 1, 2);
    }

    private Tensor Locked(Tensor page)
    {
        if (device.type != TorchSharp.DeviceType.CUDA) return page;
        using var pageable = page;
        return pageable.pin_memory();
    }
}
