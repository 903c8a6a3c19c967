using Byol.Data.Loading;
using Byol.Data.Views;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.Optim;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Evaluation;

/// <summary>Trains an encoder and a linear classifier on it with labels:
/// fine-tuning from pretrained weights, supervised learning from random ones.</summary>
public static class FineTuning
{
    /// <summary>Trains on labeled images and scores the test images.</summary>
    /// <param name="encoder">Where to begin. Its weights change: give a copy.</param>
    /// <param name="task">The images.</param>
    /// <param name="labeled">Training images whose labels may be seen.</param>
    /// <param name="views">Size, crops and normalization.</param>
    /// <param name="options">How to train.</param>
    /// <param name="seed">Draws the classifier's weights, order and crops.</param>
    /// <param name="precision">What is computed in; master weights are fp32.</param>
    /// <param name="device">Where the encoder lives.</param>
    /// <param name="reached">Is told the scores of the test images after epochs 1, 2, 4, 8 … and the last;
    /// what is trained does not depend on it.</param>
    /// <param name="cancellation">Ends the work between two steps.</param>
    /// <returns>[M,C] fp32; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArithmeticException">Training diverged.</exception>
    public static Tensor Scores(
        ResNet encoder, EvaluationTask task, IReadOnlyList<int> labeled, ViewOptions views,
        FineTuneOptions options, ulong seed, Precision precision, Device device,
        Action<int, Tensor>? reached = null, CancellationToken cancellation = default)
    {
        options.Validate();
        EncoderNumerics.Require(encoder, views.ImageSize, Math.Min(options.BatchSize, labeled.Count), precision, device, withGradients: true);
        using var weights = new WeightSource(seed, device);
        using var head = new MlpHead(encoder.Options.RepresentationSize, 0, task.Classes.Count, outputBias: true, weights);
        var epochs = options.EpochsFor(labeled.Count);
        foreach (var epoch in Train(
            encoder, head, task, labeled, ImageBatches.CropAndFlip(views), options, seed, precision, device, cancellation))
        {
            if (reached is null || !int.IsPow2(epoch) || epoch == epochs) continue;
            using var scores = Score();
            reached(epoch, scores);
        }
        var last = Score();
        reached?.Invoke(epochs, last);
        return last;

        Tensor Score()
        {
            using var test = FeatureBank.Encode(encoder, task.Test, views, precision, device, cancellation);
            using var _ = no_grad();
            using var features = test.Features.to(device);
            using var scores = head.forward(features);
            return scores.cpu();
        }
    }

    // Yields the number of each epoch at its end.
    private static IEnumerable<int> Train(
        ResNet encoder, MlpHead head, EvaluationTask task, IReadOnlyList<int> labeled, ViewOptions views,
        FineTuneOptions options, ulong seed, Precision precision, Device device, CancellationToken cancellation)
    {
        using var encoderWeights = new FlatParameters(encoder.named_parameters(), trained: true);
        using var headWeights = new FlatParameters(head.named_parameters(), trained: true);
        var rule = new OptimizerOptions
        {
            Kind = OptimizerKind.Sgd,
            Momentum = options.Momentum,
            Nesterov = true,
            WeightDecay = options.WeightDecay
        };
        using var encoderRule = rule.Create(encoderWeights);
        using var headRule = rule.Create(headWeights);

        using var images = new ImageBatches(task.Train, views, device, precision.ComputeType(device));
        var sampler = new ViewSampler(views, seed);
        var order = new EpochOrder(labeled.Count, seed);
        var (batches, epochs) = (LabeledBatches.Count(labeled.Count, options.BatchSize), options.EpochsFor(labeled.Count));
        encoder.train();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var places = order.Indices(epoch);
            for (var batch = 0; batch < batches; batch++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var indices = LabeledBatches.Of(places, batch, batches).Select(p => labeled[p]).ToArray();
                encoderWeights.ZeroGradients();
                headWeights.ZeroGradients();
                var y = encoder.forward(images.Drawn(indices, sampler, epoch));                      // [B,D]
                var logits = head.forward(y.to(ScalarType.Float32));                                 // [B,C]
                var loss = functional.cross_entropy(
                    logits, LogisticRegression.Indices([.. indices.Select(i => task.TrainLabels[i])]).to(device));
                loss.backward();
                var share = Schedules.LearningRate(1, (long)epoch * batches + batch, (long)epochs * batches, 0, Decay.Cosine);
                encoderRule.Step(share * options.EncoderLearningRate);
                headRule.Step(share * options.HeadLearningRate);
            }
            yield return epoch + 1;
        }
    }
}
