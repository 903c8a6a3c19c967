using Byol.Encoders;
using Byol.Models;
using Byol.Models.ResNet;
using static TorchSharp.torch;

namespace Byol.Tests.Models;

public sealed class WeightSourceTests
{
    [Fact]
    public void Equal_seeds_draw_equal_networks_and_others_draw_others()
    {
        using var scope = NewDisposeScope();
        var first = State(7);
        TensorAssert.Unchanged(first, State(7).Select(t => (t.Key, t.Value)));
        var other = State(8);
        foreach (var name in first.Keys.Where(n => n.Contains("conv", StringComparison.Ordinal)))
            Assert.NotEqual(TensorAssert.Floats(first[name]), TensorAssert.Floats(other[name]));
    }

    [Fact]
    public void Successive_draws_differ()
    {
        using var scope = NewDisposeScope();
        using var weights = new WeightSource(1, CPU);
        Assert.NotEqual(TensorAssert.Floats(weights.Normal([8], 1)), TensorAssert.Floats(weights.Normal([8], 1)));
        Assert.NotEqual(TensorAssert.Floats(weights.Uniform([8], 1)), TensorAssert.Floats(weights.Uniform([8], 1)));
    }

    // He et al. 2015, fan out: std √(2 / (out·k²)).
    [Theory]
    [InlineData("conv1.weight", 64 * 49)]
    [InlineData("layer1.0.conv2.weight", 64 * 9)]
    [InlineData("layer3.0.downsample.0.weight", 256 * 1)]
    [InlineData("layer4.1.conv2.weight", 512 * 9)]
    public void Kernels_have_the_deviation_of_he(string name, long fanOut)
    {
        using var scope = NewDisposeScope();
        var values = TensorAssert.Floats(State(3)[name]);
        var expected = Math.Sqrt(2.0 / fanOut);
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(v => Math.Pow(v - mean, 2)));

        // Four standard errors of the mean and of the deviation of so many draws.
        Assert.InRange(mean, -4 * expected / Math.Sqrt(values.Length), 4 * expected / Math.Sqrt(values.Length));
        Assert.InRange(deviation / expected, 1 - 4 / Math.Sqrt(2.0 * values.Length), 1 + 4 / Math.Sqrt(2.0 * values.Length));
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(1)]
    [InlineData(30)]
    public void Uniform_draws_fill_their_bounds_evenly(double bound)
    {
        using var scope = NewDisposeScope();
        using var weights = new WeightSource(5, CPU);
        var values = TensorAssert.Floats(weights.Uniform([100, 100], bound));

        Assert.All(values, v => Assert.InRange(v, -bound * 1.000001, bound * 1.000001));
        for (var quarter = 0; quarter < 4; quarter++)
            Assert.InRange(values.Count(v => (int)Math.Clamp((v / bound + 1) * 2, 0, 3) == quarter), 2500 - 175, 2500 + 175);
    }

    [Fact]
    public void Norms_begin_as_the_identity()
    {
        using var scope = NewDisposeScope();
        foreach (var (name, value) in State(1).Where(t => t.Key.Contains("bn", StringComparison.Ordinal)))
        {
            var expected = name.EndsWith("weight", StringComparison.Ordinal) || name.EndsWith("running_var", StringComparison.Ordinal) ? 1f
                : 0f;
            Assert.All(TensorAssert.Floats(value), v => Assert.Equal(expected, v));
        }
    }

    private static Dictionary<string, Tensor> State(ulong seed)
    {
        using var weights = new WeightSource(seed, CPU);
        using var net = new ResNet(new ResNetOptions { Depth = 18 }, weights);
        return TensorAssert.Snapshot(EncoderFile.Tensors(net));
    }
}
