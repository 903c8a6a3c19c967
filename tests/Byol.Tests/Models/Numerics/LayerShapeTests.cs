using Byol.Models;
using Byol.Models.Numerics;
using Byol.Models.ResNet;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Tests.Models.Numerics;

/// <summary>The checks of numerics find what is right right, and each kind of fault wrong.</summary>
public sealed class LayerShapeTests
{
    public static TheoryData<ScalarType> Types => [ScalarType.Float32, ScalarType.BFloat16];

    // Of two numbers a channel, a right BatchNorm was once called wrong.
    [Theory]
    [InlineData(64, 1)]
    [InlineData(64, 3)]
    [InlineData(16, 1)]
    public void A_norm_of_fewer_images_can_still_be_compared(int batch, int side)
    {
        var fewer = (NormShape)new NormShape(batch, 64, side, ScalarType.Float32).Of(1);
        Assert.True(fewer.IsComparable);
        Assert.InRange(fewer.Batch, 2, batch);
        Right(fewer);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void The_layers_of_networks_are_right(ScalarType type)
    {
        foreach (var (depth, stem, size, batch) in new[] { (18, Stem.Small, 9, 3), (50, Stem.ImageNet, 64, 2), (18, Stem.SmallStride2, 16, 1) })
        {
            var encoder = new ResNetOptions { Depth = depth, Width = 0.25, Stem = stem };
            foreach (var shape in encoder.LayerShapes(size, batch, type, withGradients: true)) Right(shape);
        }
        Right(new ProductShape(5, 37, 65, type));
        Right(new NormShape(2, 5, 3, type));
    }

    private static void Right(ILayerShape shape) =>
        Assert.True(shape.Deviation(true) <= NumericsCheck.Tolerance(shape.Type), $"{shape}: {shape.Deviation(true)}");

    // 512 channels: the last sixteen of them wrong are 3 % of the sums that are compared.
    [Theory]
    [MemberData(nameof(Types))]
    public void A_fault_in_some_channels_shows(ScalarType type)
    {
        var shape = new ConvolutionShape(2, 64, 512, 1, 1, 5, type);
        Assert.True(shape.Deviation(true, Exact) <= NumericsCheck.Tolerance(type));
        Wrong((x, w) => Exact(x, cat([w.narrow(0, 0, 496), w.narrow(0, 496, 16) * 0.5], 0)));                        // outputs
        Wrong((x, w) => Exact(x, cat([w.narrow(1, 0, 60).detach(), w.narrow(1, 60, 4)], 1)));                        // gradient of weights
        Wrong((x, w) => Exact(cat([x.narrow(1, 0, 62), x.narrow(1, 62, 2).detach()], 1), w));                        // gradient of inputs
        Wrong((x, w) => Exact(x, w) * tensor(new[] { 1f, float.NaN }).to(type).reshape(2, 1, 1, 1));                 // not a number

        void Wrong(Func<Tensor, Tensor, Tensor> convolve) =>
            Assert.True(shape.Deviation(true, convolve) > NumericsCheck.Tolerance(type), $"{shape.Deviation(true, convolve)}");

        static Tensor Exact(Tensor x, Tensor w) => functional.conv2d(x.to(ScalarType.Float64), w.to(ScalarType.Float64)).to(x.dtype);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_1x1_convolution_as_a_product_is_right_at_both_strides(ScalarType type)
    {
        foreach (var (channels, side, stride) in new[] { (16, 7, 1), (16, 7, 2), (3, 1, 1), (130, 4, 2) })
        {
            var shape = new ConvolutionShape(3, channels, 24, 1, stride, side, type);
            var deviation = shape.Deviation(true,
                (x, w) => Convolution.Product(x.slice(2, 0, side, stride).slice(3, 0, side, stride), w, null));
            Assert.True(deviation <= NumericsCheck.Tolerance(type), $"{shape}: {deviation}");
        }
    }

    [Fact]
    public void A_product_lies_in_memory_as_the_convolution_does()
    {
        using var scope = NewDisposeScope();
        var x = randn(2, 5, 5, 8).permute(0, 3, 1, 2);
        var (w, bias) = (randn(12, 8, 1, 1), randn(12));
        var (product, convolved) = (Convolution.Product(x, w, bias), functional.conv2d(x, w, bias));
        TensorAssert.Close(convolved, product, 1e-6, "output");
        Assert.Equal(convolved.stride(), product.stride());
    }
}
