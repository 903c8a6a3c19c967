using Byol.Models;
using Byol.Models.ResNet;
using Byol.Optim;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Tests.Optim;

public sealed class FlatParametersTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Slices_cover_everything_once_in_the_order_given(bool trained)
    {
        using var scope = NewDisposeScope();
        using var net = Net();
        using var flat = new FlatParameters(net.named_parameters(), trained);

        var offset = 0L;
        foreach (var ((name, parameter), slice) in net.named_parameters().Zip(flat.Slices))
        {
            Assert.Equal(new ParameterSlice(name, offset, parameter.numel(), parameter.dim() <= 1, parameter.shape[0]), slice);
            offset += slice.Length;
        }
        Assert.Equal(net.named_parameters().Count(), flat.Slices.Count);
        Assert.Equal(offset, flat.Values.numel());
        Assert.Equal(trained ? offset : 0, flat.Gradients.numel());
        Assert.All(net.parameters(), p => Assert.Equal(trained, p.requires_grad));
    }

    [Fact]
    public void Moving_keeps_every_value_and_the_function()
    {
        using var scope = NewDisposeScope();
        using var net = Net();
        var before = TensorAssert.Snapshot(net.named_parameters().Select(p => (p.name, (Tensor)p.parameter)));
        using var flat = new FlatParameters(net.named_parameters(), trained: true);
        TensorAssert.Unchanged(before, net.named_parameters().Select(p => (p.name, (Tensor)p.parameter)));
    }

    [Fact]
    public void Parameters_are_windows_into_the_buffer()
    {
        using var scope = NewDisposeScope();
        using var net = Net();
        using var flat = new FlatParameters(net.named_parameters(), trained: true);
        using var _ = no_grad();

        var k = 0;
        foreach (var slice in flat.Slices) FlatParameters.Window(flat.Values, slice).fill_(++k);
        k = 0;
        foreach (var (name, parameter) in net.named_parameters())
        {
            k++;
            Assert.All(TensorAssert.Floats(parameter), v => Assert.Equal(k, v));
            parameter.fill_(-k);
            Assert.All(TensorAssert.Floats(FlatParameters.Window(flat.Values, flat.Slices.Single(s => s.Name == name))), v =>
                Assert.Equal(-k, v));
        }
    }

    [Fact]
    public void Gradients_add_up_in_the_buffer_and_go_on_zero()
    {
        using var scope = NewDisposeScope();
        using var net = Net();
        using var flat = new FlatParameters(net.named_parameters(), trained: true);
        using var random = new Generator(1);
        var x = randn([4, 3, 16, 16], generator: random);
        net.eval();

        net.forward(x).square().sum().backward();
        var once = flat.Gradients.clone();
        foreach (var ((name, parameter), slice) in net.named_parameters().Zip(flat.Slices))
        {
            var inMemoryOrder = parameter.grad!.dim() == 4 ? parameter.grad.permute(0, 2, 3, 1) : parameter.grad;
            TensorAssert.Same(FlatParameters.Window(once, slice), inMemoryOrder.reshape(-1), name);
        }
        Assert.True(once.norm().item<float>() > 0);

        net.forward(x).square().sum().backward();
        TensorAssert.Close(once * 2, flat.Gradients, 1e-6, "two passes");

        flat.ZeroGradients();
        Assert.All(TensorAssert.Floats(flat.Gradients), g => Assert.Equal(0, g));
        Assert.All(net.parameters(), p => Assert.Equal(0, p.grad!.norm().item<float>()));
        net.forward(x).square().sum().backward();
        TensorAssert.Close(once, flat.Gradients, 1e-6, "after zero");
    }

    [Fact]
    public void Kernels_lie_in_channels_last_order()
    {
        using var scope = NewDisposeScope();
        using var net = Net();
        using var flat = new FlatParameters(net.named_parameters(), trained: true);
        foreach (var (_, parameter) in net.named_parameters().Where(p => p.parameter.dim() == 4))
        {
            var (i, h, w) = (parameter.shape[1], parameter.shape[2], parameter.shape[3]);
            Assert.Equal([i * h * w, 1, w * i, i], parameter.stride());
            Assert.Equal(parameter.stride(), parameter.grad!.stride());
        }
    }

    private static Module<Tensor, Tensor> Net()
    {
        using var weights = new WeightSource(2, CPU);
        return new ResNet(new ResNetOptions { Depth = 18, Width = 0.125, Stem = Stem.SmallStride2 }, weights);
    }
}
