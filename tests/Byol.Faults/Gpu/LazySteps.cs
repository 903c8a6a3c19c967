using System.Globalization;
using System.Runtime.InteropServices;
using Byol.Evaluation;
using Byol.Method;
using Byol.Models.ResNet;
using Byol.Optim;
using static TorchSharp.torch;

namespace Byol.Faults.Gpu;

/// <summary>Whole steps and nearest neighbors on <see cref="LazyDevice"/>: nothing in them mixes a GPU's tensors with the processor's.
/// Controls that mix them are refused.</summary>
internal static class LazySteps
{
    private const int Micro = 2, Batch = 8, Side = 16;
    private const double Rate = 1e-3, Tau = 0.9, Tolerance = 1e-3;
    private static readonly ByolOptions Heads = new() { ProjectorHidden = 32, ProjectionSize = 16, PredictorHidden = 24 };
    private static readonly ResNetOptions Encoder = new() { Depth = 18, Width = 0.125, Stem = Stem.SmallStride2 };

    /// <summary>Runs everything, a line each.</summary>
    /// <param name="isShort">Whether steps are taken under one optimizer only.</param>
    /// <returns>How many lines are not as they should be.</returns>
    public static int Run(bool isShort)
    {
        var device = LazyDevice.Get();
        var wrong = 0;
        foreach (var kind in isShort ? [OptimizerKind.Sgd] : (OptimizerKind[])[OptimizerKind.Sgd, OptimizerKind.Lars, OptimizerKind.AdamW]) Check($"steps under {kind}", () => Steps(device, kind));
        Check("neighbors", () => Neighbors(device));
        foreach (var (what, mixed) in Mixed(device)) Check($"control: {what}", () => Refused(mixed));
        return wrong;

        void Check(string what, Func<(bool, string)> work)
        {
            var (holds, text) = Try(work);
            if (!holds) wrong++;
            Console.WriteLine($"{(holds ? "ok  " : "FAIL")}  {what}: {text}");
        }
    }

    private static (bool, string) Try(Func<(bool, string)> work)
    {
        try
        {
            using var scope = NewDisposeScope();
            return work();
        }
        catch (Exception e) when (e is ExternalException or InvalidOperationException)
        {
            return (false, e.Message.Split('\n')[0]);
        }
    }

    // Two steps: the second is taken with the weights and the momentum that the first has left.
    private static (bool, string) Steps(Device device, OptimizerKind kind)
    {
        using var here = State(CPU, kind);
        using var there = State(device, kind);
        var off = 0.0;
        for (var i = 0; i < 2; i++)
        {
            var (expected, actual) = (Step(here, CPU), Step(there, device));
            off = Math.Max(off, Math.Abs(expected.Loss - actual.Loss) + Math.Abs(expected.EmbeddingStd - actual.EmbeddingStd));
        }
        return (off < Tolerance, string.Create(CultureInfo.InvariantCulture,
            $"loss and spread of 2 steps of {Micro} micro-batches differ from the processor's by {off:0.0e+0}"));
    }

    private static (bool, string) Neighbors(Device device)
    {
        using var random = new Generator(1);
        using var bank = new FeatureBank(randn([64, 8], generator: random), [.. Enumerable.Range(0, 64).Select(i => i % 4)], ["a", "b", "c", "d"]);
        var options = new KnnOptions(5);
        var (here, there) = (Knn.LeaveOneOut(bank, options, CPU), Knn.LeaveOneOut(bank, options, device));
        return (here.SequenceEqual(there), $"{here.Zip(there).Count(p => p.First != p.Second)} of {here.Length} differ from the processor's");
    }

    private static IEnumerable<(string, Action)> Mixed(Device device)
    {
        yield return ("views of the processor in networks of the device", () => Step(State(device, OptimizerKind.Sgd), CPU));
        yield return ("views of the device in networks of the processor", () => Step(State(CPU, OptimizerKind.Sgd), device));
        yield return ("momentum of the processor", () =>
        {
            using var state = State(device, OptimizerKind.Sgd);
            using var other = State(CPU, OptimizerKind.Sgd);
            using var _ = no_grad();
            state.Parameters.Gradients.add_(other.Optimizer.State[0].Value);
        });
        yield return ("labels of the processor", () => nn.functional.cross_entropy(zeros([4, 3], device: device), zeros(4, ScalarType.Int64)).sum().cpu());
    }

    private static (bool, string) Refused(Action mixed)
    {
        try
        {
            mixed();
            return (false, "it was not refused");
        }
        catch (ExternalException e)
        {
            return (true, $"refused, \"{e.Message.Split('\n')[0]}\"");
        }
    }

    private static ByolState State(Device device, OptimizerKind kind) => new(Encoder.Create, Encoder.RepresentationSize, Heads,
        new OptimizerOptions { Kind = kind, WeightDecay = 1e-4 }, seed: 1, device);

    private static StepMetrics Step(ByolState state, Device device)
    {
        using var scope = NewDisposeScope();
        var step = new ByolStep(state, Micro);
        for (var i = 0; i < Micro; i++) step.Accumulate(new ViewPair(View(2 * i, device), View(2 * i + 1, device)));
        return step.Apply(Rate, Tau);
    }

    private static Tensor View(int seed, Device device)
    {
        using var random = new Generator((ulong)seed);
        return randn([Batch, Side, Side, 3], generator: random).permute(0, 3, 1, 2).to(device);
    }
}
