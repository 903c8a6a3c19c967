using System.Globalization;
using Byol.Export;
using Byol.Method;
using Byol.Models;
using Byol.Optim;
using static TorchSharp.torch;

namespace Byol.Tests.Method;

/// <summary>Same weights, same views: three steps here and in an independent PyTorch script give the same everything, to 1e-4.</summary>
public sealed class StepEqualsPyTorchTests
{
    private const double Tolerance = 1e-4;
    private const int Steps = 3;
    private const double Tau = 0.9, WeightDecay = 1e-3;

    [Theory]
    [InlineData(18, OptimizerKind.Sgd, 0.05)]
    [InlineData(18, OptimizerKind.Adam, 1e-3)]
    [InlineData(18, OptimizerKind.AdamW, 1e-3)]
    [InlineData(18, OptimizerKind.Lars, 0.5)]
    [InlineData(50, OptimizerKind.Sgd, 0.05)]
    [InlineData(50, OptimizerKind.Adam, 1e-3)]
    [InlineData(50, OptimizerKind.Lars, 0.5)]
    public void Three_steps_agree(int depth, OptimizerKind optimizer, double learningRate)
    {
        using var scope = NewDisposeScope();
        var encoder = new EncoderOptions { Depth = depth };
        var options = new OptimizerOptions { Kind = optimizer, WeightDecay = WeightDecay };
        var heads = new ByolOptions { ProjectorHidden = 64, ProjectionSize = 32, PredictorHidden = 48 };
        using var state = new ByolState(weights => new ResNet(encoder, weights), encoder.RepresentationSize, heads, options, seed: 7, CPU);
        var step = new ByolStep(state, _ => learningRate, _ => Tau);

        using var random = new Generator(11);
        var views = Enumerable.Range(0, Steps).Select(_ => (First: randn([8, 3, 64, 64], generator: random), Second: randn([8, 3, 64, 64], generator: random))).ToList();
        var question = State(state).Concat(views.SelectMany((v, k) => new[] { ($"v1.{k}", v.First), ($"v2.{k}", v.Second) })).ToList();
        var answer = Oracle.Ask("byol_step.py", question, $"{depth}", optimizer.ToString().ToLowerInvariant(), $"{Steps}", Text(learningRate), Text(Tau), Text(WeightDecay));

        for (var k = 0; k < Steps; k++)
        {
            var figures = step.Take(1, () => new ViewPair(ChannelsLast(views[k].First), ChannelsLast(views[k].Second)));
            AssertClose(answer[$"{k}.loss"], tensor(new[] { (float)figures.Loss }), $"loss of step {k}");
            // The optimisers overwrite gradients with updates where they decay or scale: compare where they are left as they were.
            foreach (var (name, value) in State(state)) AssertClose(answer[$"{k}.{name}"], value, $"{name} after step {k}");
        }
    }

    [Theory]
    [InlineData(18)]
    [InlineData(50)]
    public void Gradients_agree(int depth)
    {
        using var scope = NewDisposeScope();
        var encoder = new EncoderOptions { Depth = depth };
        var heads = new ByolOptions { ProjectorHidden = 64, ProjectionSize = 32, PredictorHidden = 48 };
        using var state = new ByolState(weights => new ResNet(encoder, weights), encoder.RepresentationSize, heads, new OptimizerOptions { Kind = OptimizerKind.Sgd, WeightDecay = 0 }, seed: 3, CPU);
        using var random = new Generator(5);
        var (v1, v2) = (randn([8, 3, 64, 64], generator: random), randn([8, 3, 64, 64], generator: random));
        var answer = Oracle.Ask("byol_step.py", [.. State(state), ("v1.0", v1), ("v2.0", v2)], $"{depth}", "sgd", "1", "0.1", Text(Tau), "0");

        new ByolStep(state, _ => 0.1, _ => Tau).Take(1, () => new ViewPair(ChannelsLast(v1), ChannelsLast(v2)));

        foreach (var (name, parameter) in state.Online.named_parameters()) AssertClose(answer[$"0.gradient.{name}"], parameter.grad!, $"gradient of {name}");
    }

    private static IEnumerable<(string Name, Tensor Value)> State(ByolState state) =>
        EncoderFile.Tensors(state.Online).Select(t => ($"online.{t.Name}", t.Value)).Concat(EncoderFile.Tensors(state.Target).Select(t => ($"target.{t.Name}", t.Value)));

    private static Tensor ChannelsLast(Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    private static void AssertClose(Tensor expected, Tensor actual, string what)
    {
        var distance = (expected.to(ScalarType.Float64) - actual.detach().to(ScalarType.Float64)).norm().item<double>();
        var size = expected.to(ScalarType.Float64).norm().item<double>();
        Assert.True(distance <= Tolerance * size + 1e-7, $"{what}: relative difference {distance / size:E2}");
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
