using Byol.Data.Loading;
using Byol.Data.Views;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.Optim;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <inheritdoc cref="LinearSgdOptions"/>
public static class LinearSgd
{
    private const int HeldOutShare = 10;   // one image in ten chooses the learning rate

    /// <summary>Trains a classifier on labeled images and scores the test images.</summary>
    /// <remarks>The encoder is as it was afterwards, weights, statistics and mode: no gradient is ever asked of it. Each learning rate has
    /// two classifiers that are trained side by side on the same features:
    /// one without the held-out images, which chooses, and one with all.</remarks>
    /// <param name="encoder">f, frozen.</param>
    /// <param name="task">The images.</param>
    /// <param name="labeled">Training images whose labels may be seen.</param>
    /// <param name="views">Size, crops and normalization.</param>
    /// <param name="options">How to train.</param>
    /// <param name="seed">Draws the held-out part, order and crops.</param>
    /// <param name="precision">What the encoder computes in.</param>
    /// <param name="device">Where the encoder lives.</param>
    /// <returns>[M,C] fp32; the caller's dispose scope owns it.</returns>
    public static Tensor Scores(
        ResNet encoder, EvaluationTask task, IReadOnlyList<int> labeled, ViewOptions views,
        LinearSgdOptions options, ulong seed, Precision precision, Device device)
    {
        options.Validate();
        EncoderNumerics.Require(encoder, views.ImageSize, Math.Min(options.BatchSize, labeled.Count), precision, device);
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var labels = labeled.Select(i => task.TrainLabels[i]).ToArray();
        var heldOut = LabelSampler.Folds(labels, Math.Min(HeldOutShare, labels.Length), seed).Select(f => f == 0).ToArray();
        var rates = options.LearningRates;
        var heads = new Heads(rates, encoder.Options.RepresentationSize, task.Classes.Count, options);

        var wasTraining = encoder.training;
        encoder.eval();
        try
        {
            using var images = new ImageBatches(task.Train, ImageBatches.CropAndFlip(views), device, precision.ComputeType(device));
            var sampler = new ViewSampler(ImageBatches.CropAndFlip(views), seed);
            var order = new EpochOrder(labels.Length, seed);
            var batches = LabeledBatches.Count(labels.Length, options.BatchSize);
            for (var epoch = 0; epoch < options.Epochs; epoch++)
            {
                var indices = order.Indices(epoch);
                for (var batch = 0; batch < batches; batch++)
                {
                    using var step = NewDisposeScope();
                    var places = LabeledBatches.Of(indices, batch, batches);
                    var y = encoder.forward(images.Drawn([.. places.Select(p => labeled[p])], sampler, epoch)).to(ScalarType.Float32, CPU);
                    var rate = Schedules.LearningRate(
                        places.Length / 256.0, (long)epoch * batches + batch, (long)options.Epochs * batches, 0, Decay.Cosine);
                    heads.Step(y, [.. places.Select(p => labels[p])], [.. places.Select(p => heldOut[p])], rate);
                }
            }
        }
        finally
        {
            encoder.train(wasTraining);
        }

        var chosen = Chosen();
        using var test = FeatureBank.Encode(encoder, task.Test, views, precision, device);
        return heads.Scores(test.Features, rates.Count + chosen).MoveToOuterDisposeScope();

        int Chosen()
        {
            using var choice = NewDisposeScope();
            using var held = FeatureBank.Encode(
                encoder, new LabeledSubset(task, [.. labeled.Where((_, i) => heldOut[i])]), views, precision, device);
            return Enumerable.Range(0, rates.Count).MaxBy(r => ClassificationResult.Of(heads.Scores(held.Features, r), held.Labels).Accuracy);
        }
    }

    // R classifiers without the held-out images, then R with all; one tensor holds them all.
    private sealed class Heads(IReadOnlyList<double> rates, long features, int classes, LinearSgdOptions options)
    {
        private readonly Tensor _weights = zeros(2 * rates.Count, features, classes);          // [2R,D,C]
        private readonly Tensor _biases = zeros(2 * rates.Count, 1, classes);                  // [2R,1,C]
        private readonly Tensor _weightVelocity = zeros(2 * rates.Count, features, classes),
            _biasVelocity = zeros(2 * rates.Count, 1, classes);
        private readonly Tensor _rates = tensor(rates.Concat(rates).Select(r => (float)r).ToArray()).reshape(-1, 1, 1);

        public void Step(Tensor x, int[] labels, bool[] heldOut, double rate)
        {
            using Scalar one = 1, minusOne = -1;
            var target = nn.functional.one_hot(LogisticRegression.Indices(labels), classes).to(ScalarType.Float32);   // [B,C]
            var probabilities = x.matmul(_weights).add_(_biases, one).softmax(2);                                     // [2R,B,C]
            var slopes = probabilities.add_(target, minusOne).mul_(Shares(heldOut));
            Move(_weights, _weightVelocity, x.t().matmul(slopes), rate);
            Move(_biases, _biasVelocity, slopes.sum(1, keepdim: true), rate);
        }

        // v ← μv + g, w ← w − lr·(g + μv)
        private void Move(Tensor value, Tensor velocity, Tensor gradient, double rate)
        {
            using Scalar momentum = options.Momentum, one = 1, down = -rate;
            velocity.mul_(momentum).add_(gradient, one);
            value.addcmul_(gradient.add_(velocity, momentum), _rates, down);
        }

        // What each image of a batch counts, [2R,B,1]: equal shares of 1, the held-out ones 0 where they choose.
        private Tensor Shares(bool[] heldOut)
        {
            var rest = Math.Max(1, heldOut.Count(h => !h));
            var without = heldOut.Select(h => h ? 0 : 1f / rest).ToArray();
            var all = heldOut.Select(_ => 1f / heldOut.Length).ToArray();
            var heads = Enumerable.Repeat(without, rates.Count).Concat(Enumerable.Repeat(all, rates.Count));
            return tensor(heads.SelectMany(w => w).ToArray()).reshape(2 * rates.Count, -1, 1);
        }

        public Tensor Scores(Tensor x, int head)
        {
            using Scalar one = 1;
            return x.mm(_weights.select(0, head)).add_(_biases.select(0, head), one);
        }
    }
}
