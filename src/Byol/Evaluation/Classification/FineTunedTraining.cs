using Byol.Data.Loading;
using Byol.Encoders;
using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Evaluation.Classification;

/// <summary>A classifier all of whose weights are trained: a network for each fold, and one of all images.</summary>
/// <remarks>Temperatures are cross-fitted: that of a fold comes from the scores of all other folds, whose networks have seen it. Nested
/// folds would cost five times as much, for one number.</remarks>
/// <param name="encoder">Where to begin; it stays as it is.</param>
/// <param name="task">The images.</param>
/// <param name="data">Which of them can be read.</param>
/// <param name="fold">The fold of each of these.</param>
/// <param name="options">How to train.</param>
/// <param name="balanced">Whether classes count the same; otherwise images do.</param>
/// <param name="seed">Draws classifiers, order and crops.</param>
internal sealed class FineTunedTraining(
    OpenedEncoder encoder, EvaluationTask task, LabeledFeatures data, IReadOnlyList<int> fold, FineTuneOptions options, bool balanced,
    ulong seed)
{
    private const int BatchSize = 64;

    private readonly Device _device = encoder.Network.parameters().First().device;
    private readonly int _classes = task.Classes.Count;

    /// <summary>Trains.</summary>
    /// <param name="progress">Receives the number of trained networks, and of all networks.</param>
    /// <param name="cancellation">Cancels between two steps.</param>
    public TrainedHead Run(Action<int, int>? progress, CancellationToken cancellation)
    {
        var networks = fold.Max() + 2;
        progress?.Invoke(0, networks);
        var uncalibrated = CrossValidation.Run(data.Labels, fold, Fit, (done, _) => progress?.Invoke(done, networks), cancellation);
        HeldOut[] heldOut = [.. uncalibrated.Select(own => own with { Calibration = FittedOn(uncalibrated.Where(o => o != own)) })];

        int[] all = [.. Enumerable.Range(0, data.Labels.Count)];
        var (trained, classifier) = Train(all, cancellation);
        try
        {
            progress?.Invoke(networks, networks);
            using var features = Encode(trained, all, cancellation);
            var head = new CalibratedHead(classifier, FittedOn(uncalibrated));
            return new TrainedHead(head, NoveltyModel.Of(features), heldOut) { Encoder = trained };
        }
        catch
        {
            trained.Dispose();
            classifier.Dispose();
            throw;
        }

        HeldOut Fit(IReadOnlyList<int> fitted, IReadOnlyList<int> held)
        {
            using var scope = NewDisposeScope();
            var (network, head) = Train(fitted, cancellation);
            using (network)
            using (head)
            {
                using var novelty = NoveltyModel.Of(Encode(network, fitted, cancellation));
                var queries = Encode(network, held, cancellation);
                var logits = head.Scores(queries).data<float>().ToArray();
                return new HeldOut(held, [.. held.Select(i => data.Labels[i])], logits, Calibration.None(_classes), novelty.Scores(queries));
            }
        }
    }

    private Calibration FittedOn(IEnumerable<HeldOut> results)
    {
        List<HeldOut> some = [.. results];
        int[] labels = [.. some.SelectMany(r => r.Labels)];
        return Calibration.Fit([.. some.SelectMany(r => r.Logits)], labels, Calibration.Frequencies(labels, _classes, balanced));
    }

    private (OpenedEncoder Encoder, LinearClassifier Classifier) Train(IReadOnlyList<int> fitted, CancellationToken cancellation)
    {
        var (architecture, views) = (encoder.Description.Architecture, encoder.Description.Preprocessing.ToViews());
        var network = Copy();
        try
        {
            var tuning = new FineTuning(architecture, task, views, options, Precision.Auto, _device);
            var weights = balanced ? ClassWeights.Balanced([.. fitted.Select(i => data.Labels[i])], _classes) : null;
            using var head = tuning.Fit(network, [.. fitted.Select(i => data.Indices[i])], seed, weights, cancellation);
            network.eval();
            var digest = WeightsDigest.Of(EncoderFile.Tensors(network));
            return (new OpenedEncoder(network, encoder.Description.With(digest)), Linear(head));
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private Module<Tensor, Tensor> Copy()
    {
        using var _ = no_grad();
        using var drawn = new WeightSource(seed, _device);
        var copy = encoder.Description.Architecture.Create(drawn);
        var values = EncoderFile.Tensors(encoder.Network).ToDictionary(t => t.Name, t => t.Value);
        foreach (var (name, value) in EncoderFile.Tensors(copy)) value.copy_(values[name]);
        return copy;
    }

    private Tensor Encode(OpenedEncoder network, IReadOnlyList<int> images, CancellationToken cancellation)
    {
        using var folded = new TorchEncoder("the classifier", network, Precision.Float32, _device, leaveOpen: true);
        int[] indices = [.. images.Select(i => data.Indices[i])];
        var views = folded.Preprocessing.ToViews();
        return EncoderPass.Rows(
            folded, task.Train, views, ViewSequence.Center(indices, views, BatchSize), indices.Length, cancellation);
    }

    private static LinearClassifier Linear(MlpHead head)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var named = head.named_parameters().ToDictionary(p => p.name, p => p.parameter.cpu().to(ScalarType.Float64));
        return new LinearClassifier(cat([named["0.weight"], named["0.bias"].unsqueeze(1)], 1).DetachFromDisposeScope());
    }
}
