using Byol.Models;
using Byol.Models.ResNet;
using Byol.Optim;
using Parameter = TorchSharp.Modules.Parameter;
using static TorchSharp.torch;

namespace Byol.Tests.Optim;

/// <summary>Point 10: LARS by hand values.</summary>
public sealed class LarsTests
{
    // w = (3, 4), g = (0.6, 0.8), λ = 0.1: u = g + λw = (0.9, 1.2), ‖w‖ = 5, ‖u‖ = 1.5, ratio = 0.01 · 5 / 1.5 = 1/30, so v = (0.03, 0.04).
    // With lr 2, w becomes (2.94, 3.92). The bias b = 1 with g = 0.5 neither decays nor is scaled: v = 0.5, b = 0.
    [Fact]
    public void The_first_step_is_as_by_hand()
    {
        using var scope = NewDisposeScope();
        using var moved = new Moved([3, 4], [1]);
        using var lars = new Lars(Options with { WeightDecay = 0.1 }, moved.Parameters);

        moved.Step(lars, 2, [0.6f, 0.8f], [0.5f]);

        AssertNear([2.94, 3.92], moved.Matrix);
        AssertNear([0], moved.Vector);
    }

    // Without decay: the ratio is 0.01 · 5 / 1 = 0.05, v = (0.03, 0.04), w = (2.97, 3.96). In the second step, ‖w‖ = 4.95 and g = (0, 1):
    // u = (0, 0.0495), v = 0.9 · (0.03, 0.04) + u = (0.027, 0.0855), w = (2.943, 3.8745).
    [Fact]
    public void Momentum_gathers_scaled_updates()
    {
        using var scope = NewDisposeScope();
        using var moved = new Moved([3, 4], [1]);
        using var lars = new Lars(Options, moved.Parameters);

        moved.Step(lars, 1, [0.6f, 0.8f], [1]);
        AssertNear([2.97, 3.96], moved.Matrix);
        AssertNear([0], moved.Vector);

        moved.Step(lars, 1, [0, 1], [0]);
        AssertNear([2.943, 3.8745], moved.Matrix);
        AssertNear([-0.9], moved.Vector);
    }

    [Theory]
    [InlineData(0, 0, 0.6, 0.8, -0.6, -0.8)]   // no weight: the gradient as it is
    [InlineData(3, 4, 0, 0, 3, 4)]             // no gradient: nothing to scale
    [InlineData(0, 0, 0, 0, 0, 0)]
    public void A_zero_norm_gives_ratio_one(float w0, float w1, float g0, float g1, double expected0, double expected1)
    {
        using var scope = NewDisposeScope();
        using var moved = new Moved([w0, w1], [0]);
        using var lars = new Lars(Options, moved.Parameters);
        moved.Step(lars, 1, [g0, g1], [0]);
        AssertNear([expected0, expected1], moved.Matrix);
    }

    // The ratio 0.01 · 5 / 0.01 = 5 exceeds a learning rate of 0.5, and is limited so that the step is that of SGD: 0.5 · (0.006, 0.008).
    // With a gradient of norm 1 the ratio 0.05 stays below it and is divided by the rate, as in LARC: lr · 0.05/lr · g = (0.03, 0.04).
    [Theory]
    [InlineData(0.006, 0.008, 0.5, 2.997, 3.996)]
    [InlineData(0.6, 0.8, 0.5, 2.97, 3.96)]
    [InlineData(0.6, 0.8, 0, 3, 4)]
    public void The_trust_clip_limits_a_layer_to_the_speed_of_sgd(float g0, float g1, double learningRate, double expected0,
        double expected1)
    {
        using var scope = NewDisposeScope();
        using var moved = new Moved([3, 4], [0]);
        using var lars = new Lars(Options with { TrustClip = true }, moved.Parameters);
        moved.Step(lars, learningRate, [g0, g1], [0]);
        AssertNear([expected0, expected1], moved.Matrix);
    }

    [Fact]
    public void Biases_decay_where_asked_but_are_never_scaled()
    {
        using var scope = NewDisposeScope();
        using var moved = new Moved([3, 4], [2]);
        using var lars = new Lars(Options with { WeightDecay = 0.1, DecayNormsAndBiases = true }, moved.Parameters);
        moved.Step(lars, 1, [0.6f, 0.8f], [0.5f]);
        AssertNear([2 - (0.5 + 0.1 * 2)], moved.Vector);
    }

    // Every vector of a network: biases, norms, and the norm of the down-sampling shortcut.
    [Theory]
    [InlineData(18)]
    [InlineData(50)]
    public void A_networks_norms_and_down_sample_norms_are_left_out(int depth)
    {
        using var scope = NewDisposeScope();
        using var weights = new WeightSource(1, CPU);
        using var net = new ResNet(new ResNetOptions { Depth = depth, Width = 0.25 }, weights);
        using var parameters = new FlatParameters(net.named_parameters(), trained: true);
        using var lars = new Lars(Options with { WeightDecay = 0.5 }, parameters);
        using var one = ones_like(parameters.Gradients);
        parameters.Gradients.copy_(one);
        var before = parameters.Values.clone();

        lars.Step(0.25);

        Assert.Contains(parameters.Slices, s => s is { Name: "layer2.0.downsample.1.weight", IsNormOrBias: true });
        foreach (var slice in parameters.Slices)
        {
            var move = TensorAssert.Floats(FlatParameters.Window(before, slice) - FlatParameters.Window(parameters.Values, slice));
            var vector = slice.Name.Contains("bn", StringComparison.Ordinal) || slice.Name.Contains("downsample.1",
                StringComparison.Ordinal);
            Assert.Equal(vector, slice.IsNormOrBias);
            if (vector) Assert.All(move, m => Assert.Equal(0.25f, m));
            else Assert.All(move, m => Assert.InRange(Math.Abs(m), 0, 0.1f));
        }
    }

    private static OptimizerOptions Options { get; } = new() { Kind = OptimizerKind.Lars, WeightDecay = 0, TrustCoefficient = 0.01,
        Momentum = 0.9 };

    private static void AssertNear(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach (var (e, a) in expected.Zip(actual)) Assert.Equal(e, a, 1e-6);
    }

    /// <summary>A matrix of one row and a vector.</summary>
    private sealed class Moved(float[] matrix, float[] vector) : IDisposable
    {
        public FlatParameters Parameters { get; } = new(
            [("weight", new Parameter(tensor(matrix).reshape(1, -1))), ("bias", new Parameter(tensor(vector)))], trained: true);

        public float[] Matrix => TensorAssert.Floats(FlatParameters.Window(Parameters.Values, Parameters.Slices[0]));

        public float[] Vector => TensorAssert.Floats(FlatParameters.Window(Parameters.Values, Parameters.Slices[1]));

        public void Step(Lars lars, double learningRate, float[] matrixGradient, float[] vectorGradient)
        {
            Parameters.ZeroGradients();
            Parameters.Gradients.copy_(tensor([.. matrixGradient, .. vectorGradient]));
            lars.Step(learningRate);
        }

        public void Dispose() => Parameters.Dispose();
    }
}
