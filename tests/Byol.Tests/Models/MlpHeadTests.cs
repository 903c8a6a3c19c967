using Byol.Encoders;
using Byol.Models;
using static TorchSharp.torch;

namespace Byol.Tests.Models;

public sealed class MlpHeadTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_head_is_pytorchs_sequential_of_linear_norm_relu_linear(bool bias)
    {
        using var scope = NewDisposeScope();
        using var head = Build(12, 20, 8, bias);
        using var random = new Generator(2);
        var x = randn([16, 12], generator: random);
        var answer = Oracle.Ask("mlp_head.py", [("x", x), .. EncoderFile.Tensors(head)], $"{bias}");

        head.train();
        var y = head.forward(x);
        y.square().sum().backward();
        head.eval();

        TensorAssert.Close(answer["train"], y, 1e-5, "training mode");
        TensorAssert.Close(answer["eval"], head.forward(x), 1e-5, "evaluation mode");
        // A bias before BatchNorm has no gradient but rounding.
        foreach (var (name, p) in head.named_parameters().Where(p => p.name != "0.bias")) TensorAssert.Close(answer[$"gradient.{name}"],
            p.grad!, 1e-4, name);
    }

    [Theory]
    [InlineData(false, "0.weight")]
    [InlineData(true, "0.weight 0.bias")]
    public void Without_a_hidden_layer_a_head_is_one_linear_layer(bool bias, string names)
    {
        using var scope = NewDisposeScope();
        using var head = Build(12, 0, 8, bias);
        var state = EncoderFile.Tensors(head).ToDictionary(t => t.Name, t => t.Value);

        Assert.Equal(names.Split(' '), state.Keys);
        var x = randn(5, 12);
        var expected = x.matmul(state["0.weight"].t());
        TensorAssert.Close(bias ? expected + state["0.bias"] : expected, head.forward(x), 1e-5, "output");
        Assert.Equal(8, head.Dimension);
    }

    [Theory]
    [InlineData(false, "0.bias 0.weight 1.bias 1.running_mean 1.running_var 1.weight 3.weight")]
    [InlineData(true, "0.bias 0.weight 1.bias 1.running_mean 1.running_var 1.weight 3.bias 3.weight")]
    public void Names_are_those_of_a_sequential(bool bias, string names)
    {
        using var scope = NewDisposeScope();
        using var head = Build(4, 6, 2, bias);
        Assert.Equal(names.Split(' '), EncoderFile.Tensors(head).Select(t => t.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    public void A_head_computes_in_the_type_of_its_input(int hidden)
    {
        using var scope = NewDisposeScope();
        using var head = Build(16, hidden, 8, bias: true);
        using var random = new Generator(4);
        var x = randn([32, 16], generator: random);

        var y = head.forward(x.to(ScalarType.BFloat16));
        y.to(ScalarType.Float32).square().sum().backward();

        Assert.Equal(ScalarType.BFloat16, y.dtype);
        TensorAssert.Close(head.forward(x), y, 0.02, "bf16 against fp32");
        Assert.All(head.parameters(), p => Assert.Equal(ScalarType.Float32, p.grad!.dtype));
    }

    private static MlpHead Build(long inFeatures, long hidden, long outFeatures, bool bias)
    {
        using var weights = new WeightSource(6, CPU);
        return new MlpHead(inFeatures, hidden, outFeatures, bias, weights);
    }
}
