using Byol.Models;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Tests.Models;

/// <summary>The gradient of a convolution's weights by one product is libtorch's own.</summary>
public sealed class ProductGradientTests
{
    [Fact]
    public void Output_and_gradients_are_those_of_libtorch() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 8], Gen.Int[1, 8], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[0, 2].Select(half => 2 * half + 1), Gen.Int[1, 2], Gen.Int[0, 1000])
            .Where(t => t.Item6 > 1 || t.Item7 == 1)      // strided 1x1 convolutions are not asked of oneDNN
            .Sample((batch, height, width, enters, leaves, kernel, stride, seed) =>
            {
                using var scope = NewDisposeScope();
                using var random = new Generator((ulong)seed);
                var x = randn([batch, height, width, enters], generator: random).permute(0, 3, 1, 2);
                var weight = randn([leaves, kernel, kernel, enters], generator: random).permute(0, 3, 1, 2);
                var slopes = randn([batch, leaves, Pixels(height, stride), Pixels(width, stride)], generator: random);

                var found = Run(x, weight, slopes, (a, w) => ProductGradient.Apply(a, w, stride));
                var right = Run(x.to(ScalarType.Float64), weight.to(ScalarType.Float64), slopes.to(ScalarType.Float64),
                    (a, w) => functional.conv2d(a, w, null, [stride, stride], [kernel / 2, kernel / 2]));
                foreach (var (name, f, r) in found.Zip(right, (f, r) => (f.Name, f.Value, r.Value)))
                    TensorAssert.Close(r, f.to(ScalarType.Float64), 1e-4, $"{name} of {batch} x {height} x {width}, {enters} to {leaves}, kernel {kernel}, stride {stride}");
            }, iter: 100);

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 4)]
    [InlineData(2, 4)]
    [InlineData(2, 7)]
    public void In_bf16_the_gradient_is_that_of_the_rounded_numbers(long stride, long side)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(5);
        var x = randn([32, side, side, 24], generator: random).permute(0, 3, 1, 2).to(ScalarType.BFloat16);
        var weight = randn([40, 3, 3, 24], generator: random).permute(0, 3, 1, 2).to(ScalarType.BFloat16);
        var after = (side + stride - 1) / stride;
        var slopes = randn([32, 40, after, after], generator: random).to(ScalarType.BFloat16);
        var found = Run(x, weight, slopes, (a, w) => ProductGradient.Apply(a, w, stride));
        var right = Run(x.to(ScalarType.Float64), weight.to(ScalarType.Float64), slopes.to(ScalarType.Float64),
            (a, w) => functional.conv2d(a, w, null, [stride, stride], [1, 1]));
        var ofWeight = found.Single(f => f.Name == "gradient of the weight").Value.to(ScalarType.Float64);
        var rightOfWeight = right.Single(f => f.Name == "gradient of the weight").Value;
        // Rounded once to eight bits: half a unit in the last place.
        Assert.True((ofWeight - rightOfWeight).abs().le(rightOfWeight.abs() * Math.Pow(2, -8) + 1e-3).all().item<bool>());
    }

    [Fact]
    public void It_is_for_training_with_few_pixels_in_channels_last_memory()
    {
        using var scope = NewDisposeScope();
        var weight = randn(8, 3, 3, 8).permute(0, 3, 1, 2).detach().requires_grad_();
        var x = randn(2, 4, 4, 8).permute(0, 3, 1, 2);
        Assert.True(ProductGradient.Suits(x, weight, 1));
        Assert.False(ProductGradient.Suits(randn(2, 8, 8, 8).permute(0, 3, 1, 2), weight, 1));
        Assert.True(ProductGradient.Suits(randn(2, 14, 14, 8).permute(0, 3, 1, 2), weight, 2));
        Assert.False(ProductGradient.Suits(x.contiguous(), weight, 1));
        Assert.False(ProductGradient.Suits(x, weight.detach(), 1));
        Assert.False(ProductGradient.Suits(x.to(ScalarType.Float64), weight, 1));
        Assert.True(ProductGradient.Suits(randn(2, 28, 28, 8).permute(0, 3, 1, 2), randn(8, 8, 1, 1).requires_grad_(), 1));
        Assert.False(ProductGradient.Suits(randn(2, 56, 56, 8).permute(0, 3, 1, 2), randn(8, 8, 1, 1).requires_grad_(), 1));
        using var _ = no_grad();
        Assert.False(ProductGradient.Suits(x, weight, 1));
    }

    [Fact]
    public void An_operation_in_place_may_follow()
    {
        using var scope = NewDisposeScope();
        using var weights = new WeightSource(1, CPU);
        using var layer = new Conv2d(8, 8, 3, 1, weights);
        var weight = layer.parameters().Single();
        var x = randn(2, 4, 4, 8).permute(0, 3, 1, 2);
        layer.forward(x).relu_().sum().backward();
        var found = weight.grad!.clone();
        weight.grad!.zero_();
        functional.conv2d(x, weight, null, [1, 1], [1, 1]).relu().sum().backward();
        TensorAssert.Close(weight.grad!, found, 1e-5, "the gradient");
    }

    // TorchSharp makes a tensor of the output's size beside each output of a node, and what the node makes itself would stay until the step ends.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Only_the_output_of_a_node_of_our_own_lives_on(bool isConvolution)
    {
        using var scope = NewDisposeScope();
        using var weights = new WeightSource(1, CPU);
        using Module<Tensor, Tensor> layer = isConvolution ? new Conv2d(8, 8, 3, 1, weights) : new BatchNorm(8, weights);
        var x = randn(2, 4, 4, 8).permute(0, 3, 1, 2).detach().requires_grad_();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var y = layer.forward(x);
        Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static List<(string Name, Tensor Value)> Run(Tensor x, Tensor weight, Tensor slopes, Func<Tensor, Tensor, Tensor> convolve)
    {
        var (a, w) = (x.detach().requires_grad_(), weight.detach().requires_grad_());
        var y = convolve(a, w);
        y.backward([slopes]);
        return [("the output", y.detach()), ("gradient of the input", a.grad!), ("gradient of the weight", w.grad!)];
    }

    private static long Pixels(long side, long stride) => (side + stride - 1) / stride;
}
