using System.Globalization;
using Byol.Encoders;
using Byol.Method;
using Byol.Models.ResNet;
using Byol.Optim;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Tests.Method;

/// <summary>Same weights, same views: three steps here and in an independent PyTorch script give the same loss, gradients, weights, target
/// and statistics.</summary>
/// <remarks>
/// In fp64 they agree to 1e-8: the algorithm is the same. In fp32 the gradients of a random ResNet-50 differ by 2e-2 between PyTorch's own
/// fp32 and fp64, because a rounding error that moves an activation across the ReLU's corner changes them by a jump; so fp32 compares what
/// three steps leave behind, to 1e-4, with residual branches that start weak, as in a network that has been trained.
/// </remarks>
public sealed class StepEqualsPyTorchTests
{
    private const int Steps = 3;
    private const double Tau = 0.9;
    private static readonly ByolOptions Heads = new() { ProjectorHidden = 64, ProjectionSize = 32, PredictorHidden = 48 };

    [Theory]
    [InlineData(18, OptimizerKind.Sgd, 0.05, 1e-3)]
    [InlineData(18, OptimizerKind.Lars, 0.5, 1e-3)]
    public void Three_steps_in_fp64_agree_to_the_last_digits(int depth, OptimizerKind optimizer, double learningRate, double weightDecay) =>
        Compare(depth, optimizer, learningRate, weightDecay, ScalarType.Float64, side: 32, tolerance: 1e-8);

    [Theory]
    [Nightly]
    [InlineData(18, OptimizerKind.Sgd, 0.05, 0)]
    [InlineData(18, OptimizerKind.Adam, 1e-3, 1e-3)]
    [InlineData(18, OptimizerKind.AdamW, 1e-3, 1e-2)]
    [InlineData(50, OptimizerKind.Sgd, 0.05, 0)]
    public void So_they_do_with_every_rule_and_with_bottlenecks(
        int depth, OptimizerKind optimizer, double learningRate, double weightDecay) =>
        Compare(depth, optimizer, learningRate, weightDecay, ScalarType.Float64, side: 32, tolerance: 1e-8);

    [Fact]
    public void Three_steps_in_fp32_agree() =>
        Compare(18, OptimizerKind.Sgd, 1e-3, weightDecay: 1e-3, ScalarType.Float32, side: 64, tolerance: 1e-4);

    [Theory]
    [Nightly]
    [InlineData(18, OptimizerKind.Adam, 1e-5)]
    [InlineData(18, OptimizerKind.Lars, 1e-3)]
    [InlineData(50, OptimizerKind.Lars, 1e-3)]
    public void So_they_do_in_fp32_with_every_rule_and_with_bottlenecks(int depth, OptimizerKind optimizer, double learningRate) =>
        Compare(depth, optimizer, learningRate, weightDecay: 1e-3, ScalarType.Float32, side: 64, tolerance: 1e-4);

    [Theory]
    [InlineData(OptimizerKind.Sgd, 0.05, 0)]
    [InlineData(OptimizerKind.Sgd, 0.05, 1e-3)]
    public void So_do_those_of_an_encoder_that_was_pretrained(OptimizerKind optimizer, double learningRate, double weightDecay) =>
        Compare(18, optimizer, learningRate, weightDecay, ScalarType.Float64, side: 32, tolerance: 1e-8, continued: true);

    [Theory]
    [InlineData(0.5, false)]
    [InlineData(0.5, true)]
    public void So_do_those_with_a_coding_rate(double weight, bool parallel) =>
        Compare(18, OptimizerKind.Sgd, 0.05, 0, ScalarType.Float64, side: 32, tolerance: 1e-8, codingRate: weight, parallel: parallel);

    private static void Compare(int depth, OptimizerKind optimizer, double learningRate, double weightDecay, ScalarType type, int side,
        double tolerance, bool continued = false, double codingRate = 0, bool? parallel = null)
    {
        using var scope = NewDisposeScope();
        var encoder = new ResNetOptions { Depth = depth, Pooling = continued ? SpatialPooling.MeanMax : SpatialPooling.Mean };
        var options = new OptimizerOptions
        {
            Kind = optimizer, WeightDecay = weightDecay, EncoderLearningRateScale = continued ? 0.1 : 1,
        };
        using var state = new ByolState(
            weights => new ResNet(encoder, weights), encoder.RepresentationSize, Heads with { KeepStatistics = continued, CodingRateWeight = codingRate }, options,
            seed: 7, CPU, type);
        state.Parallel = parallel;
        Disturb(state);
        if (continued) DisturbStatistics(state);

        using var random = new Generator(11);
        var views = Enumerable.Range(0, Steps).Select(_ => (First: View(random, side, type), Second: View(random, side, type))).ToList();
        var question = State(state).Concat(views.SelectMany((v, k) => new[] { ($"v1.{k}", v.First), ($"v2.{k}", v.Second) })).ToList();
        var answer = Oracle.Ask("byol_step.py", question,
            $"{depth}", optimizer.ToString().ToLowerInvariant(), $"{Steps}", Text(learningRate), Text(Tau), Text(weightDecay),
            continued ? "continued" : "published", $"rate={Text(codingRate)}");

        for (var k = 0; k < Steps; k++)
        {
            var metrics = ByolStep.Take(state, new ViewPair(ChannelsLast(views[k].First), ChannelsLast(views[k].Second)), learningRate, Tau);
            AssertClose(answer[$"loss.{k}"], tensor(new[] { metrics.Loss }), tolerance, $"loss of step {k}");
        }
        foreach (var (name, value) in State(state))
            AssertClose(answer[name], value, tolerance, name, OfRounding(name) * Math.Sqrt(value.numel()));

        // With weight decay, and under LARS, the optimizer turns gradients into updates in place; in fp32 see above.
        if (type == ScalarType.Float32 || weightDecay != 0) return;
        foreach (var (name, parameter) in state.Online.named_parameters())
            AssertClose(answer[$"gradient.{name}"], parameter.grad!, tolerance, $"gradient of {name}");

        // BatchNorm takes the bias before it away again: its gradient is rounding, and Adam makes whole steps of its signs.
        double OfRounding(string name) =>
            optimizer == OptimizerKind.Adam && type == ScalarType.Float32 && name.EndsWith(".0.bias", StringComparison.Ordinal)
                ? 2 * Steps * learningRate : 0;
    }

    private static IEnumerable<(string Name, Tensor Value)> State(ByolState state) =>
        EncoderFile.Tensors(state.Online).Select(t => ($"online.{t.Name}", t.Value))
            .Concat(EncoderFile.Tensors(state.Target).Select(t => ($"target.{t.Name}", t.Value)));

    private static Tensor View(Generator random, int side, ScalarType type) => randn([8, 3, side, side], generator: random).to(type);

    // BatchNorm's initial ones and zeros would hide a mistake, and make a bias after one step nothing but its gradient.
    private static void Disturb(ByolState state)
    {
        using var _ = no_grad();
        using var random = new Generator(3);
        foreach (var (name, parameter) in state.Online.named_parameters().Where(p => p.parameter.dim() == 1))
        {
            var (low, high) = name.EndsWith("bias", StringComparison.Ordinal) ? (-0.25, 0.25) : EndsBranch(name) ? (0.1, 0.3) : (0.5, 1.5);
            using Scalar width = high - low, offset = low, one = 1;
            parameter.copy_(rand(parameter.shape, generator: random).to(parameter.dtype).mul_(width).add_(offset, one));
        }
        state.Target.CopyFrom(state.Parameters);

        bool EndsBranch(string name) =>
            name.Contains(state.Online.Encoder.Options().Depth >= 50 ? "bn3" : "bn2", StringComparison.Ordinal);
    }

    private static void DisturbStatistics(ByolState state)
    {
        using var _ = no_grad();
        using var random = new Generator(5);
        foreach (var (name, value) in state.Online.Encoder.named_buffers().Concat(state.Target.Encoder.named_buffers()))
        {
            using Scalar offset = name.EndsWith("var", StringComparison.Ordinal) ? 0.5 : -0.25, one = 1;
            value.copy_(rand(value.shape, generator: random).to(value.dtype).add_(offset, one));
        }
    }

    private static Tensor ChannelsLast(Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    // The floor is for what is zero but for rounding: the gradient of a bias that BatchNorm takes away again.
    private static void AssertClose(Tensor expected, Tensor actual, double tolerance, string what, double allowance = 0)
    {
        var (wanted, given) = (expected.to(ScalarType.Float64), actual.detach().to(ScalarType.Float64));
        var (distance, size) = ((wanted - given).norm().item<double>(), wanted.norm().item<double>());
        Assert.True(distance <= tolerance * Math.Max(size, 1e-3) + allowance, $"{what}: {distance:E2} apart, of {size:E2}");
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
