using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Encoders;
using Byol.Evaluation;
using Byol.Models;
using Byol.Optim;
using Byol.Runs;
using Byol.Tests.Runs;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.Training;

public sealed class TrainerTests
{
    private static readonly PatternImages Data = new(70), Validation = new(20, seed: 2, name: "others");

    // A run that ended before its first checkpoint begins again where it began.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_begins_with_its_initial_encoder(bool resume)
    {
        using var scope = NewDisposeScope();
        using var run = new TinyRun();
        using var weights = new WeightSource(9, CPU);
        using var initial = TinyRun.Recipe.Encoder.Create(weights);
        var still = TinyRun.Recipe with { Optimizer = TinyRun.Recipe.Optimizer with { LearningRate = 1e-30 } };
        run.Begun(still, Made.Dataset(64), new OpenedEncoder(
            initial, new EncoderDescription(TinyRun.Recipe.Encoder, new Preprocessing(16, 1, [0, 0, 0], [1, 1, 1]))));
        using var process = resume ? run.Reopened() : null;
        (process ?? run).Train(still, Made.Dataset(64), resume: resume);
        using var trained = EncoderFile.Open(run.EncoderPath, CPU);
        TensorAssert.Same(
            initial.named_parameters().First().parameter, trained.Network.named_parameters().First().parameter, "first parameter");
    }

    [Fact]
    public void A_run_lowers_its_loss_and_leaves_log_accuracy_and_encoder()
    {
        using var scope = NewDisposeScope();
        using var run = new TinyRun();
        var result = run.Train(TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { Epochs = 6 } }, Data, Validation);

        var (perEpoch, total) = (4, 24);
        Assert.Equal((true, (long)total, false), (result.Finished, result.Steps, result.Collapsed));
        var plan = Assert.Single(run.Plans);
        Assert.Equal((70, 0L, (long)total, (long)perEpoch, "Float32"),
            (plan.Images, plan.Step, plan.TotalSteps, plan.StepsPerEpoch, plan.ComputeType));

        var steps = RunLog.Read<StepRecord>(run.Metrics);
        Assert.Equal(run.Steps, steps);
        Assert.Equal(Enumerable.Range(1, total).Select(k => (long)k), steps.Select(s => s.Step));
        // The warm-up begins at rate 0: the first loss is that of an untrained network.
        Assert.True(steps.TakeLast(perEpoch).Average(s => s.Loss) < 0.8 * steps[0].Loss,
            $"the loss did not fall: {string.Join(' ', steps.Select(s => s.Loss))}");
        Assert.All(steps, s => Assert.True(s is { EmbeddingStd: > 0.05, DataWait: >= 0 and <= 1, ImagesPerSecond: > 0 }
            && s.Epoch == s.Step / (double)perEpoch));
        Assert.Equal((0, 0.1), (steps[0].LearningRate, steps[2].LearningRate));
        Assert.Equal((steps[^1].Loss, steps[^1].EmbeddingStd), (result.Loss, result.EmbeddingStd));

        var accuracies = RunLog.Read<KnnRecord>(run.Metrics);
        Assert.Equal(run.Evaluations, accuracies);
        Assert.Equal([4L, 8, 12, 16, 20, 24], accuracies.Select(a => a.Step));
        Assert.Equal(accuracies[^1].Knn, result.Knn);

        Assert.All(accuracies, a => Assert.InRange(a.Probe!.Value, 0, 1));
        Assert.Equal(accuracies[^1].Probe, result.Probe);

        var diagnoses = RunLog.Read<DiagnosisRecord>(run.Metrics);
        Assert.Equal(run.Diagnoses, diagnoses);
        Assert.Equal(accuracies.Select(a => a.Step), diagnoses.Select(d => d.Step));
        Assert.All(diagnoses, d =>
            Assert.True(d is { EffectiveRank: >= 1 and <= 64, RepresentationStd: > 0, Alignment: > 0, Uniformity: < 0 }));

        using var opened = EncoderFile.Open(run.EncoderPath, CPU);
        var (encoder, preprocessing) = (opened.Network, opened.Description.Preprocessing);
        Assert.Equal((TinyRun.Recipe.Encoder, 16), (opened.Description.Architecture, preprocessing.ImageSize));
        Assert.Equal(TinyRun.Recipe.Views.Mean.ToArray(), preprocessing.Mean);
        using var final = FeatureBank.Encode(encoder.AsEncoder(TinyRun.Recipe.Views), Data, TestContext.Current.CancellationToken);
        Assert.Equal(Geometry.EffectiveRank(final.Features), diagnoses[^1].EffectiveRank, 1e-6);
        Assert.Empty(run.Warnings);
    }

    // Point 14 among them: what is evaluated on the way leaves no trace in what is trained.
    [Theory]
    [InlineData("two loader threads", true)]
    [InlineData("four loader threads", true)]
    [InlineData("no labels", true)]
    [InlineData("the same again", true)]
    [InlineData("no validation", true)]
    [InlineData("no probe", true)]
    [InlineData("labels shuffled", true)]
    [InlineData("another seed", false)]
    [InlineData("another image", false)]
    public void Weights_depend_on_seed_and_images_alone(string change, bool equal)
    {
        using var first = new TinyRun();
        using var second = new TinyRun();
        first.Train(TinyRun.Recipe, Data, Validation);
        var training = change switch
        {
            "two loader threads" => TinyRun.Recipe.Training with { LoaderThreads = 2 },
            "four loader threads" => TinyRun.Recipe.Training with { LoaderThreads = 4 },
            "no probe" => TinyRun.Recipe.Training with { Probe = false },
            "another seed" => TinyRun.Recipe.Training with { Seed = 9 },
            _ => TinyRun.Recipe.Training,
        };
        IDataset data = change switch
        {
            "no labels" => new PatternImages(70, labeled: false),
            "another image" => new PatternImages(70, seed: 3),
            "labels shuffled" => new Shuffled(Data),
            _ => Data,
        };

        second.Train(TinyRun.Recipe with { Training = training }, data, change == "no validation" ? null : Validation);

        Assert.Equal(equal, first.Encoder.AsSpan().SequenceEqual(second.Encoder));
        Assert.Equal(equal, first.Part("target.safetensors").AsSpan().SequenceEqual(second.Part("target.safetensors")));
        Assert.Equal(equal, first.Part("optimizer.safetensors").AsSpan().SequenceEqual(second.Part("optimizer.safetensors")));
        Assert.Equal(equal, first.Part("online.safetensors").AsSpan().SequenceEqual(second.Part("online.safetensors")));
        if (change is "no labels" or "no probe") Assert.All(second.Evaluations, e => Assert.Null(e.Probe));
        // the probe itself has seen other labels
        if (change is "labels shuffled") Assert.NotEqual(first.Part("probe.safetensors"), second.Part("probe.safetensors"));
    }

    // Set back, set forward by decades, standing still: weights are the same, and no time is below 0.
    [Fact]
    public void A_clock_that_is_moved_changes_nothing_but_times()
    {
        using var straight = new TinyRun();
        straight.Train(TinyRun.Recipe, Data, Validation);
        using var moved = new TinyRun { Clock = new MovedClock() };
        var every = TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { CheckpointEvery = CheckpointInterval.Default } };
        var result = moved.Train(every, Data, Validation);
        Assert.Equal(straight.State, moved.State);
        Assert.Equal(straight.Log, moved.Log);
        Assert.All(moved.Steps,
            s => Assert.True(s is { Seconds: >= 0, DataWait: >= 0 and <= 1, ImagesPerSecond: > 0 } && double.IsFinite(s.ImagesPerSecond)));
        Assert.True(result.Seconds >= 0);
    }

    private sealed class MovedClock : TimeProvider
    {
        private long _asked;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => (_asked++ % 4) switch { 0 => 1_000_000_000, 1 => 5, 2 => 3_000_000_000, _ => 1 };

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears((int)(_asked++ % 90));
    }

    private sealed class Shuffled(IDataset inner) : IDataset
    {
        public string Name => inner.Name;

        public int Count => inner.Count;

        public IReadOnlyList<string> Classes => inner.Classes;

        public Image8 Read(int index, ImageBuffer buffer) => inner.Read(index, buffer);

        public int? Label(int index) => inner.Label(index * 37 / 11 % Count);

        public string ItemName(int index) => inner.ItemName(index);
    }

    // What it could learn from the images that it is scored on would be no accuracy.
    [Fact]
    public void The_probe_is_not_scored_on_the_images_that_it_learns_from()
    {
        using var run = new TinyRun();
        run.Train(TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { Epochs = 1 } }, Data, Data);
        Assert.Null(Assert.Single(run.Evaluations).Probe);
    }

    [Fact]
    public void Without_validation_representations_are_still_looked_at()
    {
        using var run = new TinyRun();
        var recipe = TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { EvaluateEveryEpochs = 2 } };
        run.Train(recipe, new PatternImages(70, labeled: false));
        Assert.Equal([8L, 12], run.Diagnoses.Select(d => d.Step));
        Assert.Empty(run.Evaluations);
    }

    // Without a predictor and with the target as fast as the online network, all images get one embedding.
    [Fact]
    public void The_alarm_is_kept_in_the_log_and_remembered_by_a_resumed_run()
    {
        var collapsing = TinyRun.Recipe with
        {
            Method = TinyRun.Recipe.Method with { Tau = 0, TauSchedule = Decay.Constant, Predictor = false },
            Training = TinyRun.Recipe.Training with { Epochs = 40, CheckpointEvery = CheckpointInterval.Default },
        };
        using var run = new TinyRun { InterruptAfter = 150 };
        Assert.True(run.Train(collapsing, Data).Collapsed, $"std {run.Steps[^1].EmbeddingStd}");
        Assert.Contains(run.Warnings, w => w.StartsWith("Collapse: ", StringComparison.Ordinal));
        Assert.Single(RunLog.Read<AlarmRecord>(run.Metrics));
        using var resumed = run.Reopened();
        Assert.True(resumed.Train(collapsing, Data, resume: true).Collapsed);
    }

    [Fact]
    public void Micro_batches_add_up_to_a_batch_of_the_same_number_of_steps()
    {
        using var run = new TinyRun();
        var result = run.Train(TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { Epochs = 1, MicroBatches = 4 } }, Data);
        Assert.Equal((true, 4L), (result.Finished, result.Steps));
    }

    [Fact]
    public void Without_validation_there_is_no_accuracy()
    {
        using var run = new TinyRun();
        Assert.Null(run.Train(TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { Epochs = 1 } }, Data).Knn);
        Assert.Empty(run.Evaluations);
    }

    // Point 11: said before the first step, with the batch that would do.
    [Theory]
    [InlineData(15, "patterns has 15 images, fewer than a batch of 16; use a batch of 7 or less, or more images.")]
    [InlineData(1, "patterns has 1 images, fewer than a batch of 16")]
    [InlineData(0, "patterns has 0 images, fewer than a batch of 16")]
    public void Too_few_images_are_refused_before_the_first_step(int count, string message)
    {
        using var run = new TinyRun();
        var data = new PatternImages(count);
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => PretrainingRun.Validate(TinyRun.Recipe, data)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => run.Train(TinyRun.Recipe, data));
        Assert.Empty(run.Plans);
    }

    [Fact]
    public void A_senseless_recipe_is_refused_before_the_first_step()
    {
        using var run = new TinyRun();
        Assert.Throws<ArgumentException>(() => run.Train(TinyRun.Recipe with { Training = new() { BatchSize = 1 } }, Data));
        Assert.Empty(run.Plans);
    }

    // Folders may be named by day or camera: that is no reason to refuse, but the figure is another one, so it is said.
    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void Other_classes_than_those_of_the_validation_are_said_once(bool labeled, int warnings)
    {
        using var run = new TinyRun();
        using var folder = new TemporaryFolder();
        var data = new ImageFolder(labeled ? Made.Images(folder["days"], 20, "monday", "tuesday") : Made.Images(folder["plain"], 20));
        run.Train(TinyRun.Recipe, data, Validation);
        Assert.Equal(warnings, run.Warnings.Count(w => w.Contains("has other classes than others", StringComparison.Ordinal)));
        Assert.Equal(3, run.Evaluations.Count);
    }
}
