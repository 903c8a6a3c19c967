using Byol.Encoders;
using Byol.Models;
using Byol.Models.ResNet;
using static TorchSharp.torch;

namespace Byol.Tests.Models;

/// <summary>Our residual networks and torchvision's have the same state by name and shape, and make the same of an image.</summary>
public sealed class ResNetEqualsTorchvisionTests
{
    private const double Tolerance = 1e-4;

    // Batch statistics amplify rounding from layer to layer: 1.8e-4 at depth 50 on an Intel Xeon with AMX.
    private const double ToleranceOfDeep = 1e-3;

    private static readonly int[] TorchvisionDepths = [18, 34, 50, 101, 152];
    private static readonly Lazy<Dictionary<string, Tensor>> Answer = new(Ask);

    public static TheoryData<int> Depths => [.. TorchvisionDepths];

    [Theory]
    [MemberData(nameof(Depths))]
    public void Names_and_shapes_are_torchvisions(int depth)
    {
        var expected = Answer.Value.Where(a => a.Key.StartsWith($"{depth}.shape.", StringComparison.Ordinal))
            .Select(a => $"{a.Key[$"{depth}.shape.".Length..]} [{string.Join(',', a.Value.data<long>().ToArray())}]");
        using var scope = NewDisposeScope();
        using var weights = new WeightSource(1, CPU);
        using var net = new ResNet(new ResNetOptions { Depth = depth }, weights);

        var actual = EncoderFile.Tensors(net).Select(t => $"{t.Name} [{string.Join(',', t.Value.shape)}]");

        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Depths))]
    public void Features_are_torchvisions_in_both_modes(int depth)
    {
        var answer = Answer.Value;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var weights = new WeightSource(1, CPU);
        using var net = new ResNet(new ResNetOptions { Depth = depth }, weights);
        foreach (var (name, value) in EncoderFile.Tensors(net)) value.copy_(Weight(name, value.shape));

        net.eval();
        TensorAssert.Close(answer[$"{depth}.eval"], net.forward(Images()), Tolerance, "evaluation mode");
        net.train();
        TensorAssert.Close(answer[$"{depth}.train"], net.forward(Images()), depth < 50 ? Tolerance : ToleranceOfDeep, "training mode");
        var statistics = EncoderFile.Tensors(net).Single(t => t.Name == "layer4.0.downsample.1.running_mean").Value;
        TensorAssert.Close(answer[$"{depth}.running_mean"], statistics, depth < 50 ? Tolerance : ToleranceOfDeep,
            "running mean after training mode");
    }

    [Fact]
    [Nightly]
    public void Depth_200_has_the_parameters_of_its_blocks()
    {
        var expected = Answer.Value["200.parameters"].item<long>();
        using var scope = NewDisposeScope();
        using var weights = new WeightSource(1, CPU);
        using var net = new ResNet(new ResNetOptions { Depth = 200 }, weights);

        Assert.Equal(expected, net.parameters().Sum(p => p.numel()));
    }

    private static Dictionary<string, Tensor> Ask()
    {
        var answer = Oracle.Ask("resnet.py", [("images", Images())], [.. TorchvisionDepths.Select(d => $"{d}")]);
        foreach (var value in answer.Values) value.DetachFromDisposeScope();
        return answer;
    }

    private static Tensor Images()
    {
        using var random = new Generator(3);
        return randn([4, 3, 64, 64], generator: random);
    }

    // The formula of tests/oracle/resnet.py, to the bit.
    private static Tensor Weight(string name, long[] shape)
    {
        var count = shape.Aggregate(1L, (product, d) => product * d);
        var hashed = (arange(count, ScalarType.Int64) * 2654435761L + name.Sum(c => (long)c) * 7919).remainder(1L << 32);
        var u = (hashed.to(ScalarType.Float64) / 4294967296.0 - 0.5).reshape(shape);
        if (shape is [var o, _, var h, var w]) u *= Math.Sqrt(24.0 / (o * h * w));
        else if (name.EndsWith("running_var", StringComparison.Ordinal)) u += 1;
        else if (name.EndsWith("weight", StringComparison.Ordinal)) u = u * 0.2 + 0.3;
        return u.to(ScalarType.Float32);
    }
}
