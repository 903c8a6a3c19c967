using Byol.Data.Loading;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Interop;
using Byol.Models;
using Byol.Models.Numerics;
using Byol.Optim;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Evaluation;

/// <summary>Trains an encoder and a linear classifier on it with labels:
/// fine-tuning from pretrained weights, supervised learning from random ones.</summary>
/// <param name="architecture">The architecture.</param>
/// <param name="task">The images.</param>
/// <param name="views">Size, crops and normalization.</param>
/// <param name="options">How to train.</param>
/// <param name="precision">The type to compute in; master weights are fp32.</param>
/// <param name="device">The device of the encoder.</param>
internal sealed class FineTuning(
    EncoderOptions architecture, EvaluationTask task, ViewOptions views, FineTuneOptions options, Precision precision, Device device)
{
    private readonly ScalarType _type = architecture.ComputeType(precision, device);

    /// <summary>Trains on labeled images and scores the test images.</summary>
    /// <param name="encoder">Where to begin. Its weights change: give a copy.</param>
    /// <param name="labeled">Training images whose labels may be seen.</param>
    /// <param name="seed">Draws the classifier's weights, order and crops.</param>
    /// <param name="reached">Receives the scores of the test images after epochs 1, 2, 4, 8 … and the last; what is trained does not depend
    /// on it.</param>
    /// <param name="cancellation">Cancels between two steps.</param>
    /// <returns>[M,C] fp32; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArithmeticException">Training diverged.</exception>
    public Tensor Scores(
        Module<Tensor, Tensor> encoder, IReadOnlyList<int> labeled, ulong seed,
        Action<int, Tensor>? reached = null, CancellationToken cancellation = default)
    {
        using var head = Head(labeled, seed);
        var description = new EncoderDescription(architecture, Preprocessing.Of(views));
        using var frozen = new ModuleEncoder("the encoder", encoder, description, precision, device, leaveOpen: true);
        var epochs = options.EpochsFor(labeled.Count);
        foreach (var epoch in Train(encoder, head, labeled, seed, null, cancellation))
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
            using var test = FeatureBank.Encode(frozen, task.Test, cancellation);
            using var _ = no_grad();
            using var features = test.Features.to(device);
            using var scores = head.forward(features);
            return scores.cpu();
        }
    }

    /// <summary>Trains on labeled images.</summary>
    /// <param name="encoder">Where to begin. Its weights change: give a copy.</param>
    /// <param name="labeled">Training images whose labels may be seen.</param>
    /// <param name="seed">Draws the classifier's weights, order and crops.</param>
    /// <param name="classWeights">What an image of each class counts; null if all count the same.</param>
    /// <param name="cancellation">Cancels between two steps.</param>
    /// <returns>The linear classifier on top; the caller disposes it.</returns>
    /// <exception cref="ArithmeticException">Training diverged.</exception>
    public MlpHead Fit(
        Module<Tensor, Tensor> encoder, IReadOnlyList<int> labeled, ulong seed, double[]? classWeights, CancellationToken cancellation)
    {
        var head = Head(labeled, seed);
        try
        {
            foreach (var _ in Train(encoder, head, labeled, seed, classWeights, cancellation))
            {
                // All epochs.
            }
            return head;
        }
        catch
        {
            head.Dispose();
            throw;
        }
    }

    // A head with drawn weights, once everything is known to be computable.
    private MlpHead Head(IReadOnlyList<int> labeled, ulong seed)
    {
        options.Validate();
        architecture.Require(precision);
        var layers = architecture.LayerShapes(views.ImageSize, Math.Min(options.BatchSize, labeled.Count), _type, withGradients: true);
        NumericsCheck.Require(layers, device, withGradients: true);
        using var weights = new WeightSource(seed, device);
        return new MlpHead(architecture.RepresentationSize, 0, task.Classes.Count, outputBias: true, weights);
    }

    // Yields the number of each epoch at its end.
    private IEnumerable<int> Train(
        Module<Tensor, Tensor> encoder, MlpHead head, IReadOnlyList<int> labeled, ulong seed, double[]? classWeights,
        CancellationToken cancellation)
    {
        using var weights = classWeights is null ? null : tensor(classWeights, ScalarType.Float32).to(device);
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

        var crops = new TrainingCrops(labeled, views, options.BatchSize, options.EpochsFor(labeled.Count), seed);
        var sequence = crops.Sequence();
        using var loader = new SingleViewLoader(task.Train, crops.Views, sequence, Environment.ProcessorCount, normalizes: true);
        encoder.train();
        while (loader.Next(cancellation) is { } batch)
        {
            if (loader.Unreadable is [var unreadable, ..]) throw new InvalidDataException(unreadable.Reason);
            Step(batch);
            if ((batch.Number + 1) % crops.BatchesPerEpoch == 0) yield return (int)((batch.Number + 1) / crops.BatchesPerEpoch);
        }

        void Step(SingleViewBatch batch)
        {
            using var scope = NewDisposeScope();
            encoderWeights.ZeroGradients();
            headWeights.ZeroGradients();
            var x = ViewTensors.From(batch.Pixels, batch.Count, batch.ImageSize, device, _type);         // [B,3,S,S]
            var logits = head.forward(encoder.forward(x).to(ScalarType.Float32));                        // [B,C]
            int[] labels = [.. batch.Indices.ToArray().Select(i => task.TrainLabels[i])];
            functional.cross_entropy(logits, LogisticRegression.Indices(labels).to(device), weights).backward();
            var share = Schedules.LearningRate(1, batch.Number, sequence.Batches, 0, Decay.Cosine);
            encoderRule.Step(share * options.EncoderLearningRate);
            headRule.Step(share * options.HeadLearningRate);
        }
    }
}
