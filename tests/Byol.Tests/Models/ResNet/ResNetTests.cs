using System.Text.RegularExpressions;
using Byol.Encoders;
using Byol.Models;
using Byol.Models.ResNet;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Tests.Models;

public sealed partial class ResNetTests
{
    [Theory]
    [InlineData(18, 0.25, 128)]
    [InlineData(18, 0.5, 256)]
    [InlineData(18, 2, 1024)]
    [InlineData(18, 4, 2048)]
    [InlineData(34, 0.25, 128)]
    [InlineData(50, 0.25, 512)]
    [InlineData(50, 0.5, 1024)]
    [InlineData(50, 2, 4096)]
    [InlineData(50, 4, 8192)]
    [InlineData(200, 0.0625, 128)]
    public void Width_multiplies_the_representation(int depth, double width, long expected)
    {
        using var scope = NewDisposeScope();
        using var net = Build(new ResNetOptions { Depth = depth, Width = width, Stem = Stem.SmallStride2 });
        net.eval();
        using var _ = no_grad();

        Assert.Equal(expected, net.Options().RepresentationSize);
        Assert.Equal([1, expected], net.forward(zeros(1, 3, 16, 16)).shape);
        Assert.Equal((long)(64 * width), Named(net, "conv1.weight").shape[0]);
    }

    // Point 16: a CIFAR image keeps its 32 pixels up to the first stage and ends at 4x4.
    [Theory]
    [InlineData(Stem.Small, 32, 32, 4)]
    [InlineData(Stem.SmallStride2, 32, 16, 2)]
    [InlineData(Stem.ImageNet, 32, 8, 1)]
    [InlineData(Stem.ImageNet, 224, 56, 7)]
    [InlineData(Stem.SmallStride2, 28, 14, 2)]
    public void Stem_decides_the_size_of_the_first_and_last_stage(Stem stem, int image, int first, int last)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var net = Build(new ResNetOptions { Depth = 18, Width = 0.125, Stem = stem });

        var h = net.Enter(ChannelsLast(zeros(2, 3, image, image)));
        Assert.Equal([2, 8, first, first], h.shape);
        foreach (var block in Blocks(net)) h = block.forward(h);
        Assert.Equal([2, 64, last, last], h.shape);
    }

    [Theory]
    [InlineData(Stem.Small)]
    [InlineData(Stem.SmallStride2)]
    [InlineData(Stem.ImageNet)]
    public void Channels_last_goes_in_and_stays(Stem stem)
    {
        using var scope = NewDisposeScope();
        using var net = Build(new ResNetOptions { Depth = 50, Width = 0.25, Stem = stem });

        var h = net.Enter(ChannelsLast(randn(2, 3, 32, 32)));
        AssertChannelsLast(h);
        foreach (var block in Blocks(net)) AssertChannelsLast(h = block.forward(h));
    }

    [Theory]
    [InlineData(18)]
    [InlineData(50)]
    public void Bfloat16_comes_out_as_it_went_in_and_gradients_arrive_at_the_masters(int depth)
    {
        using var scope = NewDisposeScope();
        using var net = Build(new ResNetOptions { Depth = depth, Width = 0.25, Stem = Stem.SmallStride2 });
        using var random = new Generator(5);
        var images = ChannelsLast(randn([8, 3, 32, 32], generator: random));

        var y = net.forward(images.to(ScalarType.BFloat16));
        y.to(ScalarType.Float32).square().sum().backward();

        Assert.Equal(ScalarType.BFloat16, y.dtype);
        foreach (var (name, parameter) in net.named_parameters())
        {
            Assert.Equal(ScalarType.Float32, parameter.dtype);
            Assert.True(parameter.grad is { dtype: ScalarType.Float32 } g && g.norm().item<float>() > 0, $"{name} has no gradient");
        }
        net.eval();   // the statistics of a small batch would amplify the rounding
        // Rounding of 2⁻⁹ in each of up to 53 layers: 0.02 to 0.09, by the order in which a processor's kernels sum.
        TensorAssert.Close(net.forward(images), net.forward(images.to(ScalarType.BFloat16)), 0.15, "bf16 against fp32");
    }

    [Fact]
    public void Evaluation_changes_nothing_and_training_updates_every_statistic()
    {
        using var scope = NewDisposeScope();
        using var net = Build(new ResNetOptions { Depth = 18, Width = 0.25, Stem = Stem.Small });
        var before = TensorAssert.Snapshot(EncoderFile.Tensors(net));

        net.eval();
        net.forward(randn(4, 3, 16, 16));
        TensorAssert.Unchanged(before, EncoderFile.Tensors(net));

        net.train();
        net.forward(randn(4, 3, 16, 16));
        TensorAssert.Unchanged(before, net.named_parameters().Select(p => (p.name, (Tensor)p.parameter)));
        foreach (var (name, buffer) in net.named_buffers()) Assert.False(buffer.equal(before[name]).all().item<bool>(), $"{name} stayed");
    }

    // The shortcuts' convolution, at narrow and usual widths, even and odd sizes. In fp64 no vendor's kernel is asked.
    [Theory]
    [InlineData(8, 14)]
    [InlineData(8, 13)]
    [InlineData(16, 14)]
    [InlineData(4, 1)]
    [InlineData(128, 8)]
    [InlineData(256, 4)]
    [InlineData(256, 2)]
    public void A_strided_1x1_convolution_and_its_gradients_are_those_of_libtorch(long channels, long size)
    {
        using var scope = NewDisposeScope();
        using var weights = new WeightSource(3, CPU);
        using var convolution = new Conv2d(channels, 2 * channels, kernel: 1, stride: 2, weights);
        var weight = convolution.named_parameters().Single().parameter;
        var (x, same) = (ChannelsLast(randn(4, channels, size, size)).requires_grad_(),
            weight.detach().to(ScalarType.Float64).requires_grad_());
        var xSame = x.detach().to(ScalarType.Float64).requires_grad_();

        var (y, ySame) = (convolution.forward(x), functional.conv2d(xSame, same, null, [2, 2]));
        y.square().sum().backward();
        ySame.square().sum().backward();

        TensorAssert.Close(ySame, y, 1e-5, "output");
        TensorAssert.Close(xSame.grad!, x.grad!, 1e-4, "gradient of the input");
        TensorAssert.Close(same.grad!, weight.grad!, 1e-4, "gradient of the weight");
    }

    [Fact]
    public void Options_that_make_no_encoder_are_refused_at_once()
    {
        using var weights = new WeightSource(1, CPU);
        Assert.Throws<ArgumentException>(() => new ResNet(new ResNetOptions { Depth = 19 }, weights));
    }

    private static ResNet Build(ResNetOptions options)
    {
        using var weights = new WeightSource(9, CPU);
        return new ResNet(options, weights);
    }

    private static IEnumerable<Module<Tensor, Tensor>> Blocks(ResNet net) =>
        net.named_modules().Where(m => BlockName().IsMatch(m.name)).Select(m => (Module<Tensor, Tensor>)m.module);

    private static Tensor Named(ResNet net, string name) => EncoderFile.Tensors(net).Single(t => t.Name == name).Value;

    private static Tensor ChannelsLast(Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    private static void AssertChannelsLast(Tensor x)
    {
        var (c, h, w) = (x.shape[1], x.shape[2], x.shape[3]);
        // A dimension of one element may have any stride.
        if (h * w > 1) Assert.Equal([c * h * w, 1, w * c, c], x.stride());
    }

    [GeneratedRegex(@"^layer\d\.\d+$")]
    private static partial Regex BlockName();
}
