using System.Globalization;
using Byol.Data.Loading;
using Byol.Encoders;
using Byol.Interop;
using Byol.Method;
using Byol.Models;
using Byol.Optim;
using static TorchSharp.torch;

namespace LibrarySample;

/// <summary>The same without a run folder: BYOL's step in a loop of your own, for those who want to change the loop.</summary>
internal static class OwnLoop
{
    public static void Train(long steps)
    {
        var device = TorchRuntime.DefaultDevice;
        var images = new DrawnShapes(512);
        var views = DrawnShapes.Views;
        var heads = new ByolOptions { ProjectorHidden = 128, ProjectionSize = 64, PredictorHidden = 128, Tau = 0.98 };
        var rule = new OptimizerOptions { Kind = OptimizerKind.Sgd, WeightDecay = 1e-4 };
        using var state = new ByolState(weights => new SmallEncoder(weights), SmallEncoder.Size, heads, rule, seed: 1, device);
        Console.WriteLine($"before: {Score()}");

        using var loader = new ViewLoader(
            images, views, seed: 1, batchSize: 64, batchesPerEpoch: images.Count / 64, threads: 1, firstBatch: 0);
        while (state.Step < steps)
        {
            using var scope = NewDisposeScope();
            var (v, w) = ViewTensors.From(loader.Next(), device, ScalarType.Float32);   // [64,3,32,32] each
            var metrics = ByolStep.Take(state, new ViewPair(v, w),
                learningRate: Schedules.LearningRate(0.1, state.Step, steps, warmupSteps: steps / 10, Decay.Cosine),
                tau: Schedules.Tau(heads.Tau, state.Step, steps, Decay.Cosine));
            if (state.Step % 20 != 0) continue;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"step {state.Step}: loss {metrics.Loss:F3}, std {metrics.EmbeddingStd:F2}"));
        }
        Console.WriteLine($"after: {Score()}");

        // Labels are asked for here and nowhere else.
        string Score()
        {
            var description = new EncoderDescription(new SmallEncoderOptions(), Preprocessing.Of(views));
            using var encoder = description.ToImageEncoder("online", state.Online.Encoder, Precision.Float32, device, leaveOpen: true);
            return Neighbors.Score(encoder, images);
        }
    }
}
