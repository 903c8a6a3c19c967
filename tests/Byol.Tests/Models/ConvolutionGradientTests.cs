using Byol.Models;
using static TorchSharp.torch;

namespace Byol.Tests.Models;

/// <summary>Where a picture has shrunk to a pixel or two, some taps of a kernel meet nothing but padding: their gradient is 0 and not what
/// lay in memory.</summary>
public sealed class ConvolutionGradientTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    public void Gradients_in_bf16_are_those_in_fp32(long side, long stride)
    {
        foreach (var channels in (long[])[8, 16, 32, 64])
        {
            for (var round = 0; round < 5; round++)
            {
                using var scope = NewDisposeScope();
                Pollute(channels);
                using var weights = new WeightSource(3, CPU);
                using var convolution = new Conv2d(channels, channels, 3, stride, weights);
                using var random = new Generator((ulong)round);
                var x = randn([4, side, side, channels], generator: random).permute(0, 3, 1, 2);
                var (whole, half) = (Gradient(convolution, x), Gradient(convolution, x.to(ScalarType.BFloat16)));
                TensorAssert.Close(whole, half, 0.05, $"{channels} channels, {side} x {side}, stride {stride}");
            }
        }
    }

    private static Tensor Gradient(Conv2d convolution, Tensor x)
    {
        var weight = convolution.parameters().Single();
        weight.grad = zeros_like(weight);
        convolution.forward(x).to(ScalarType.Float32).square().sum().backward();
        return weight.grad.clone();
    }

    // Leaves NaN in the memory that the gradient will be given.
    private static void Pollute(long channels)
    {
        foreach (var type in (ScalarType[])[ScalarType.BFloat16, ScalarType.Float32])
        {
            for (var i = 0; i < 8; i++) full([channels, channels, 3, 3], float.NaN, type).Dispose();
        }
    }
}
