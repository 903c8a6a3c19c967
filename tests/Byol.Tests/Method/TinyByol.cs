using Byol.Encoders;
using Byol.Method;
using Byol.Models.ResNet;
using Byol.Optim;
using static TorchSharp.torch;

namespace Byol.Tests.Method;

/// <summary>BYOL small enough for a test: a ResNet-18 of an eighth of the width on 16-px views.</summary>
internal static class TinyByol
{
    public static ResNetOptions Encoder { get; } = new() { Depth = 18, Width = 0.125, Stem = Stem.SmallStride2 };

    public static ByolOptions Heads { get; } = new() { ProjectorHidden = 32, ProjectionSize = 16, PredictorHidden = 24 };

    public static OptimizerOptions Sgd { get; } = new() { Kind = OptimizerKind.Sgd, WeightDecay = 0 };

    public static ByolState State(
        ByolOptions? method = null, OptimizerOptions? optimizer = null, ulong seed = 1, ScalarType type = ScalarType.Float32) =>
        new(Encoder.Create, Encoder.RepresentationSize, method ?? Heads, optimizer ?? Sgd, seed, CPU, type);

    /// <summary>Takes a step of as many micro-batches as there are views.</summary>
    public static StepMetrics Step(ByolState state, double learningRate, double tau, params IReadOnlyList<ViewPair> views)
    {
        var step = new ByolStep(state, views.Count);
        foreach (var batch in views)
        {
            using var scope = NewDisposeScope();
            step.Accumulate(batch);
        }
        return step.Apply(learningRate, tau);
    }

    public static ViewPair Views(int seed, int batch = 8, ScalarType type = ScalarType.Float32) =>
        new(View(seed * 2, batch).to(type), View(seed * 2 + 1, batch).to(type));

    public static Dictionary<string, Tensor> Parameters(nn.Module module) =>
        TensorAssert.Snapshot(module.named_parameters().Select(p => (p.name, (Tensor)p.parameter)));

    public static Dictionary<string, Tensor> Buffers(nn.Module module) => TensorAssert.Snapshot(module.named_buffers());

    public static IEnumerable<(string Name, Tensor Value)> Everything(ByolState state) =>
        [.. EncoderFile.Tensors(state.Online).Select(t => ("online." + t.Name, t.Value)),
            .. EncoderFile.Tensors(state.Target).Select(t => ("target." + t.Name, t.Value))];

    private static Tensor View(int seed, int batch)
    {
        using var random = new Generator((ulong)seed);
        return randn([batch, 16, 16, 3], generator: random).permute(0, 3, 1, 2);
    }
}
