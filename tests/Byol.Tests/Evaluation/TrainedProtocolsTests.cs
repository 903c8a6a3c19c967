using Byol.Data.Views;
using Byol.Encoders;
using Byol.Evaluation;
using Byol.Models;
using Byol.Models.ResNet;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

/// <summary>Frozen means frozen, to the bit; and what is trained learns.</summary>
public sealed class TrainedProtocolsTests
{
    private static readonly ViewOptions Views = new() { ImageSize = 16, EvaluationCrop = 1, CropArea = new(0.5, 1) };
    private static readonly EvaluationTask Task = new(new PatternImages(60), new PatternImages(40, seed: 2));
    private static readonly ResNetOptions Architecture = new() { Depth = 18, Width = 0.125, Stem = Stem.SmallStride2 };
    private static readonly int[] All = [.. Enumerable.Range(0, 60)];

    public static TheoryData<string, bool> FrozenProtocols =>
        new(from protocol in (string[])["knn", "linear", "linear-sgd"] from training in (bool[])[true, false] select (protocol, training));

    [Theory]
    [MemberData(nameof(FrozenProtocols))]
    public void A_frozen_protocol_leaves_the_encoder_as_it_was(string protocol, bool training)
    {
        using var scope = NewDisposeScope();
        using var encoder = Encoder(1);
        encoder.train(training);
        var before = TensorAssert.Snapshot(EncoderFile.Tensors(encoder));

        Scores(protocol, encoder);

        TensorAssert.Unchanged(before, EncoderFile.Tensors(encoder));
        Assert.All(encoder.named_modules(), m => Assert.Equal(training, m.module.training));
        Assert.All(encoder.parameters(), p => Assert.True(p.grad is null && p.requires_grad));
    }

    [Theory]
    [InlineData("linear-sgd")]
    [InlineData("finetune")]
    public void The_same_seed_gives_the_same_scores_and_another_gives_others(string protocol)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var first = Scores(protocol, Encoder(1));
        manual_seed(2);   // the global generator is nobody's source
        TensorAssert.Same(first, Scores(protocol, Encoder(1)), "scores");
        Assert.NotEqual(TensorAssert.Floats(first), TensorAssert.Floats(Scores(protocol, Encoder(1), seed: 2)));
    }

    // Stripes across against stripes down, of any color: chance is 50 %, and a frozen random encoder sees a part of it.
    [Theory]
    [InlineData("finetune", 0.8)]
    [InlineData("linear-sgd", 0.65)]
    public void It_learns(string protocol, double least)
    {
        using var scope = NewDisposeScope();
        var accuracy = ClassificationResult.Of(Scores(protocol, Encoder(1), epochs: 30), Task.TestLabels).Accuracy;
        Assert.True(accuracy > least, $"{accuracy}");
    }

    [Fact]
    public void Fine_tuning_changes_weights_and_statistics()
    {
        using var scope = NewDisposeScope();
        using var encoder = Encoder(1);
        var before = TensorAssert.Snapshot(EncoderFile.Tensors(encoder));
        Scores("finetune", encoder);
        Assert.All(EncoderFile.Tensors(encoder), t => Assert.NotEqual(TensorAssert.Bytes(before[t.Name]), TensorAssert.Bytes(t.Value)));
    }

    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(5, new[] { 1, 2, 4, 5 })]
    [InlineData(8, new[] { 1, 2, 4, 8 })]
    public void A_curve_ends_with_what_training_without_one_gives(int epochs, int[] expected)
    {
        using var scope = NewDisposeScope();
        var options = new FineTuneOptions(epochs: epochs, leastSteps: 1, batchSize: 16);
        using var candidate = new FineTuneProbe("", Architecture, Encoder, Task, Views, options, Precision.Float32, CPU);
        var curve = candidate.Curve(All, seed: 3, TestContext.Current.CancellationToken);
        Assert.Equal(expected, curve.Select(c => c.Epoch));
        var last = ClassificationResult.Of(candidate.Scores(All, seed: 3), Task.TestLabels);
        Assert.Equal(last.Confusion.Counts.SelectMany(c => c), curve[^1].Result.Confusion.Counts.SelectMany(c => c));
    }

    [Fact]
    public void Training_ends_where_it_is_cancelled()
    {
        using var candidate = new FineTuneProbe("", Architecture, Encoder, Task, Views, new FineTuneOptions(), Precision.Float32, CPU);
        Assert.Throws<OperationCanceledException>(() => candidate.Curve(All, seed: 3, new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("linear-sgd")]
    [InlineData("finetune")]
    public void Only_images_that_keep_their_label_are_read(string protocol)
    {
        using var scope = NewDisposeScope();
        using var encoder = Encoder(1);
        var train = Made.Dataset(60);
        int[] labeled = [0, 11, 22, 33, 44, 55];
        Scores(protocol, encoder, task: new EvaluationTask(train, Made.Dataset(10)), labeled: labeled);
        Assert.Equal(labeled, Enumerable.Range(0, 60).Where(i => train.Reads[i] > 0));
    }

    [Theory]
    [InlineData(1, 64, 1)]
    [InlineData(65, 64, 2)]
    [InlineData(130, 64, 3)]
    public void Batches_differ_by_one_image_at_most_and_leave_none_out(int images, int size, int batches)
    {
        Assert.Equal(batches, LabeledBatches.Count(images, size));
        int[] order = [.. Enumerable.Range(0, images)];
        var parts = Enumerable.Range(0, batches).Select(b => LabeledBatches.Of(order, b, batches)).ToList();
        Assert.Equal(order, parts.SelectMany(p => p));
        Assert.InRange(parts.Max(p => p.Length) - parts.Min(p => p.Length), 0, 1);
    }

    [Fact]
    public void Few_labels_are_seen_more_often()
    {
        var options = new FineTuneOptions(epochs: 20, leastSteps: 400, batchSize: 64);
        Assert.Equal((400, 31, 20), (options.EpochsFor(10), options.EpochsFor(800), options.EpochsFor(8000)));
    }

    private static Tensor Scores(
        string protocol, ResNet encoder, ulong seed = 1, int epochs = 2, EvaluationTask? task = null, int[]? labeled = null)
    {
        (task, labeled) = (task ?? Task, labeled ?? All);
        switch (protocol)
        {
            case "linear-sgd":
                var sgd = new LinearSgdOptions(epochs: epochs, batchSize: 16);
                return LinearSgd.Scores(encoder.AsEncoder(Views), task, labeled, Views, sgd, seed);
            case "finetune":
                var options = new FineTuneOptions(epochs: epochs, leastSteps: 1, batchSize: 16);
                return new FineTuning(Architecture, task, Views, options, Precision.Float32, CPU).Scores(encoder, labeled, seed);
            default:
                using (var train = FeatureBank.Encode(encoder.AsEncoder(Views), task.Train))
                using (var test = FeatureBank.Encode(encoder.AsEncoder(Views), task.Test))
                    return protocol == "knn" ? Knn.Votes(train, test.Features, new KnnOptions(5))
                        : LinearProbe.Scores(train, test.Features, seed);
        }
    }

    private static ResNet Encoder(ulong seed)
    {
        using var weights = new WeightSource(seed, CPU);
        return new ResNet(Architecture, weights);
    }
}
