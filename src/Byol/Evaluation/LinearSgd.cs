using Byol.Data.Views;
using Byol.Encoders;
using Byol.Optim;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Evaluation;

/// <inheritdoc cref="LinearSgdOptions"/>
internal static class LinearSgd
{
    private const int HeldOutShare = 10;   // one image in ten chooses the learning rate

    /// <summary>Trains a classifier on labeled images and scores the test images.</summary>
    /// <remarks>No gradient of the encoder is computed. Each learning rate has two classifiers that are trained side by side on the same
    /// features: one without the held-out images, which chooses, and one with all.</remarks>
    /// <param name="encoder">f, frozen.</param>
    /// <param name="task">The images.</param>
    /// <param name="labeled">Training images whose labels may be seen.</param>
    /// <param name="views">Crops and flips.</param>
    /// <param name="options">How to train.</param>
    /// <param name="seed">Draws the held-out part, order and crops.</param>
    /// <returns>[M,C] fp32; the caller's dispose scope owns it.</returns>
    public static Tensor Scores(
        IImageEncoder encoder, EvaluationTask task, IReadOnlyList<int> labeled, ViewOptions views, LinearSgdOptions options, ulong seed)
    {
        options.Validate();
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var labels = labeled.Select(i => task.TrainLabels[i]).ToArray();
        var folds = LabelSampler.Folds(labels, Math.Min(HeldOutShare, labels.Length), seed);
        var heldOut = labeled.Where((_, i) => folds[i] == 0).ToHashSet();
        var rates = options.LearningRates;
        var heads = new Heads(rates, encoder.Dimension, task.Classes.Count, options);
        Train();
        var chosen = Chosen();
        using var test = FeatureBank.Encode(encoder, task.Test);
        return heads.Scores(test.Features, rates.Count + chosen).MoveToOuterDisposeScope();

        void Train()
        {
            var crops = new TrainingCrops(labeled, views, options.BatchSize, options.Epochs, seed);
            var steps = (long)options.Epochs * crops.BatchesPerEpoch;
            var unreadable = EncoderPass.Run(
                encoder, task.Train, crops.Views, crops.Sequence(), Environment.ProcessorCount, (batch, indices, _, rows) =>
                {
                    if (indices.Length == 0) return;
                    using var step = NewDisposeScope();
                    var y = tensor(rows.ToArray()).reshape(indices.Length, -1);                                            // [B,D]
                    int[] images = [.. indices];
                    var rate = Schedules.LearningRate(images.Length / 256.0, batch, steps, 0, Decay.Cosine);
                    heads.Step(y, [.. images.Select(i => task.TrainLabels[i])], [.. images.Select(heldOut.Contains)], rate);
                }, CancellationToken.None);
            if (unreadable.Count > 0) throw new InvalidDataException(unreadable[0].Reason);
        }

        int Chosen()
        {
            using var choice = NewDisposeScope();
            using var held = FeatureBank.Encode(encoder, new LabeledSubset(task, [.. labeled.Where(heldOut.Contains)]));
            return Enumerable.Range(0, rates.Count)
                .MaxBy(r => ClassificationResult.Of(heads.Scores(held.Features, r), held.Labels).Accuracy);
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
            var target = functional.one_hot(LogisticRegression.Indices(labels), classes).to(ScalarType.Float32);   // [B,C]
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

        // What each image of a batch counts, [2R,B,1]: equal shares of 1, and 0 for images that are held out to choose the rate.
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
