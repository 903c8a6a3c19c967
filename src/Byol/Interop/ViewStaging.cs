using Byol.Data.Loading;
using static TorchSharp.torch;

namespace Byol.Interop;

/// <summary>Copies views to the device of the networks. A GPU reads them from page-locked memory, which every step reuses, and casts them
/// itself.</summary>
/// <remarks>The copy is asynchronous. A step is read once, at its end, so each of its batches has memory of its own, which the next step
/// fills again.</remarks>
/// <param name="device">The device to copy to.</param>
/// <param name="type">The type that the encoder computes in.</param>
/// <param name="batches">The number of batches that are moved between two reads.</param>
internal sealed class ViewStaging(Device device, ScalarType type, int batches = 1) : IDisposable
{
    private readonly Tensor?[] _pages = new Tensor?[2 * batches];     // [B,S,S,3] of each view
    private int _batch;

    /// <summary>Moves the two views of a batch.</summary>
    /// <param name="batch">[B,S,S,3] each.</param>
    /// <returns>v and v', [B,3,S,S] each, in channels-last memory; the caller's dispose scope owns them.</returns>
    public (Tensor First, Tensor Second) Place(ViewBatch batch)
    {
        if (device.type == TorchSharp.DeviceType.CPU) return ViewTensors.From(batch, device, type);
        var page = 2 * (_batch++ % batches);
        return (Place(page, batch.First, batch.Count, batch.ImageSize), Place(page + 1, batch.Second, batch.Count, batch.ImageSize));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var page in _pages) page?.Dispose();
    }

    private Tensor Place(int at, ReadOnlySpan<float> pixels, int count, int size)
    {
        if (_pages[at]?.shape is not [var n, var s, _, _] || n != count || s != size)
        {
            _pages[at]?.Dispose();
            _pages[at] = Locked(empty([count, size, size, 3], ScalarType.Float32)).DetachFromDisposeScope();
        }
        ViewTensors.Fill(_pages[at]!, pixels);
        using var moved = _pages[at]!.to(device, non_blocking: true);
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
