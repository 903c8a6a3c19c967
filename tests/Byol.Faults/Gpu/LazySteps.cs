using System.Globalization;
using System.Runtime.InteropServices;
using Byol.Faults.Ranks;
using Byol.Evaluation;
using Byol.Method;
using Byol.Models.ResNet;
using Byol.Optim;
using Byol.Runs;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Faults.Gpu;

/// <summary>Whole steps, a run with its evaluations, and saves on <see cref="LazyDevice"/>: nothing in them mixes a GPU's tensors with the
/// processor's. What does is seen to be refused.</summary>
internal static class LazySteps
{
    private const int Micro = 2, Batch = 8, Side = 16;
    private const double Rate = 1e-3, Tau = 0.9, Tolerance = 1e-4;
    private static readonly ByolOptions Heads = new() { ProjectorHidden = 32, ProjectionSize = 16, PredictorHidden = 24 };
    private static readonly ResNetOptions Encoder = new() { Depth = 18, Width = 0.125, Stem = Stem.SmallStride2 };

    /// <summary>Runs everything, a line each.</summary>
    /// <param name="isShort">Steps under one optimizer, neighbors and controls alone.</param>
    /// <returns>How many lines are not as they should be.</returns>
    public static int Run(bool isShort)
    {
        var device = LazyDevice.Get();
        var wrong = 0;
        foreach (var kind in isShort ? [OptimizerKind.Sgd] : (OptimizerKind[])[OptimizerKind.Sgd, OptimizerKind.Lars, OptimizerKind.AdamW]) Check($"steps under {kind}", () => Steps(device, kind));
        if (!isShort) Check("a run of three steps, its evaluation and saves", () => Training(device));
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

    private static (bool, string) Training(Device device)
    {
        var folder = Scratch.New("lazy");
        try
        {
            var (path, data, validation) = (Path.Combine(folder, "run"), new MadeImages(48, []), new MadeImages(32, []));
            var recipe = RanksCommand.Recipe with { Training = RanksCommand.Recipe.Training with { Epochs = 1 } };
            using (var run = PretrainingRun.Start(path, recipe, data))
            {
                run.Device = device;
                using var interruption = new CancellationTokenSource();
                run.Train(validation, new ActionListener(r => { if (r is StepRecord { Step: 2 }) interruption.Cancel(); }), interruption.Token);
            }
            var warnings = new List<string>();
            using var resumed = PretrainingRun.Resume(path, data);
            resumed.Device = device;
            var result = resumed.Train(validation, new ActionListener(r => { if (r is WarningRecord { Message: var w }) warnings.Add(w); }));
            warnings.RemoveAll(w => w.Contains("too few", StringComparison.Ordinal));
            return (result is { Finished: true, Steps: 3, Knn: not null, Probe: not null } && warnings.Count == 0,
                string.Create(CultureInfo.InvariantCulture, $"{result.Steps} steps, loss {result.Loss:F3}, kNN {result.Knn:F2}, probe {result.Probe:F2}{string.Concat(warnings.Select(w => $"; {w}"))}"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
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
        yield return ("a weight of the processor", () =>
        {
            var state = State(device, OptimizerKind.Sgd);
            var weight = state.Online.named_parameters().First(p => p.parameter.dim() == 4).parameter;
            using var _ = no_grad();
            weight.set_(weight.cpu());
            Step(state, device);
        });
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
