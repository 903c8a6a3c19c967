using Byol.Interop;
using static TorchSharp.torch;

namespace Byol.Tests.Interop;

public sealed class ViewTensorsTests
{
    private static readonly float[] Pixels = [.. Enumerable.Range(0, 2 * 4 * 4 * 3).Select(i => i / 64f)];

    [Fact]
    public void Every_pixel_arrives_at_its_place()
    {
        using var images = ViewTensors.From(Pixels, 2, 4, CPU, ScalarType.Float32);
        Assert.Equal([2, 3, 4, 4], images.shape);
        for (var i = 0; i < Pixels.Length; i++)
        {
            var (b, y, x, c) = (i / 48, i / 12 % 4, i / 3 % 4, i % 3);
            using var value = images[b, c, y, x];
            Assert.Equal(Pixels[i], value.item<float>());
        }
    }

    [Fact]
    public void Memory_is_channels_last()
    {
        using var images = ViewTensors.From(Pixels, 2, 4, CPU, ScalarType.Float32);
        Assert.Equal([48, 1, 12, 3], images.stride());
    }

    [Fact]
    public void Bf16_is_rounded_and_stays_channels_last()
    {
        using var images = ViewTensors.From(Pixels, 2, 4, CPU, ScalarType.BFloat16);
        Assert.Equal(ScalarType.BFloat16, images.dtype);
        Assert.Equal([48, 1, 12, 3], images.stride());
    }

    [Fact]
    public void The_tensor_keeps_its_pixels_when_the_batch_is_used_again()
    {
        var memory = Pixels.ToArray();
        using var images = ViewTensors.From(memory, 2, 4, CPU, ScalarType.Float32);
        memory.AsSpan().Clear();
        using var last = images[1, 2, 3, 3];
        Assert.Equal(Pixels[^1], last.item<float>());
    }
}
