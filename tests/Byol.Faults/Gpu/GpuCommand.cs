using System.CommandLine;
using System.Globalization;
using Byol.Encoders;
using Byol.Interop;
using Byol.Method;
using Byol.Models.ResNet;
using Byol.Optim;
using static TorchSharp.torch;

namespace Byol.Faults.Gpu;

/// <summary>What a GPU makes of three steps, beside the processor's, both in fp64; tests/gpu/run calls it.</summary>
internal static class GpuCommand
{
    private const int Steps = 3, Batch = 16, Side = 32, TimedOut = 124;
    private const double LearningRate = 1e-3, Tau = 0.9, Tolerance = 1e-10;
    private static readonly ByolOptions Heads = new() { ProjectorHidden = 64, ProjectionSize = 32, PredictorHidden = 64 };

    public static Command Create()
    {
        var device = new Option<int>("--device") { Description = "Which GPU, from 0." };
        var limit = new Option<int>("--limit") { Description = "Seconds, after which it ends with exit code 124.", DefaultValueFactory = _ => 300 };
        var steps = new Command("steps", "Compare three steps with the processor's.") { device };
        steps.SetAction(parsed =>
        {
            TorchRuntime.Initialize();
            if (!cuda.is_available()) throw new ArgumentException("There is no GPU here, or this build has no CUDA.");
            var gpu = new Device(TorchSharp.DeviceType.CUDA, parsed.GetValue(device));
            CudaMath.Prepare(gpu, isFloat32: true);
            var worst = 0.0;
            foreach (var (depth, kind) in from d in (int[])[18, 50] from k in (OptimizerKind[])[OptimizerKind.Sgd, OptimizerKind.Lars] select (d, k))
            {
                var (here, there) = (Take(CPU, depth, kind), Take(gpu, depth, kind));
                var distance = here.Max(t => t.Value.Zip(there[t.Key], (a, b) => Math.Abs(a - b)).Max() / Math.Max(1e-3, t.Value.Max(Math.Abs)));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"three steps of ResNet-{depth} under {kind}: {distance:0.0e+0} from the processor's"));
                worst = Math.Max(worst, distance);
            }
            return worst <= Tolerance ? 0 : 1;
        });
        var brief = new Option<bool>("--short") { Description = "Steps under one optimizer only." };
        var lazy = new Command("lazy", "Run steps and nearest neighbors on a device that stands in for a GPU.") { limit, brief };
        lazy.SetAction(parsed =>
        {
            using var end = new Timer(_ => Environment.Exit(TimedOut), null, TimeSpan.FromSeconds(parsed.GetValue(limit)), Timeout.InfiniteTimeSpan);
            return LazySteps.Run(parsed.GetValue(brief)) == 0 ? 0 : 1;
        });
        return new Command("gpu", "What a GPU computes.") { steps, lazy };
    }

    private static Dictionary<string, double[]> Take(Device device, int depth, OptimizerKind kind)
    {
        using var scope = NewDisposeScope();
        var encoder = new ResNetOptions { Depth = depth, Width = 0.25, Stem = Stem.SmallStride2 };
        using var state = new ByolState(encoder.Create, encoder.RepresentationSize, Heads,
            new OptimizerOptions { Kind = kind, WeightDecay = 1e-4 }, seed: 1, device, ScalarType.Float64);
        for (var step = 0; step < Steps; step++)
            ByolStep.Take(state, new ViewPair(View(2 * step, device), View(2 * step + 1, device)), LearningRate, Tau);
        return EncoderFile.Tensors(state.Online).Select(t => ("online " + t.Name, t.Value))
            .Concat(EncoderFile.Tensors(state.Target).Select(t => ("target " + t.Name, t.Value)))
            .ToDictionary(t => t.Item1, t => t.Value.to(ScalarType.Float64).cpu().flatten().data<double>().ToArray());
    }

    private static Tensor View(int seed, Device device)
    {
        using var random = new Generator((ulong)seed);
        return randn([Batch, Side, Side, 3], ScalarType.Float64, generator: random).permute(0, 3, 1, 2).to(device);
    }
}
