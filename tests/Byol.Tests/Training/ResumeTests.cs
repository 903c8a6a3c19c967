using Byol.Data.Loading;
using Byol.Interop;
using Byol.Method;
using Byol.Models;
using Byol.Optim;
using Byol.Runs;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.Training;

/// <summary>64 steps are 64 steps, wherever between them the process was killed: weights, target, optimizer, probe, log, and
/// the best checkpoint.</summary>
public sealed class ResumeTests
{
    private const int Steps = 64;
    private static readonly PatternImages Data = new(18), Validation = new(10, seed: 2, name: "others");

    // Log lines and checkpoints fall on other steps than epochs: sums of losses span the interruption.
    private static Recipe Recipe { get; } = TinyRun.Recipe with
    {
        Encoder = TinyRun.Recipe.Encoder.AsResNet() with { Width = 1.0 / 16 },
        Views = TinyRun.Recipe.Views with { ImageSize = 8 },
        Optimizer = TinyRun.Recipe.Optimizer with { WarmupEpochs = 2 },
        Training = TinyRun.Recipe.Training with
        {
            Epochs = 16, BatchSize = 4, LogEverySteps = 7, EvaluateEveryEpochs = 4,
            CheckpointEvery = new(1, IntervalUnit.Steps), CheckpointsKept = Steps,
        },
    };

    // Before and behind epochs, log lines and evaluations, and the first and last.
    [Fact]
    public void Killed_after_a_step_a_run_goes_on_to_the_same_bits()
    {
        using var straight = Straight(Recipe);
        foreach (var k in (int[])[1, 6, 15, 16, 35, 48, 63]) AssertGoesOn(straight, Recipe, k);
    }

    [Fact]
    [Nightly]
    public void So_it_does_killed_after_any_step()
    {
        using var straight = Straight(Recipe);
        for (var k = 1; k < Steps; k++) AssertGoesOn(straight, Recipe, k);
    }

    [Theory]
    [InlineData(Precision.Float32, 2, OptimizerKind.Adam)]
    [InlineData(Precision.BFloat16, 1, OptimizerKind.Lars)]
    [InlineData(Precision.BFloat16, 2, OptimizerKind.AdamW)]
    [Nightly]
    public void So_it_does_in_either_precision_with_more_threads_and_every_rule(Precision precision, int threads, OptimizerKind kind)
    {
        var recipe = Recipe with
        {
            Optimizer = Recipe.Optimizer with { Kind = kind, LearningRate = 0.01 },
            Training = Recipe.Training with { Precision = precision, LoaderThreads = threads },
            Encoder = TinyRun.Recipe.Encoder,
            Views = TinyRun.Recipe.Views,
        };
        using var straight = Straight(recipe);
        foreach (var k in (int[])[1, 16, 37]) AssertGoesOn(straight, recipe, k);
    }

    [Theory]
    [InlineData(Precision.Float32, 1)]
    [InlineData(Precision.BFloat16, 2)]
    public void So_it_does_with_both_views_at_the_same_time(Precision precision, int microBatches)
    {
        var recipe = Recipe with { Training = Recipe.Training with { Precision = precision, MicroBatches = microBatches } };
        using var straight = Straight(recipe, parallel: true);
        foreach (var k in (int[])[1, 16, 37]) AssertGoesOn(straight, recipe, k);
    }

    [Fact]
    public void So_it_does_while_its_views_grow()
    {
        var recipe = Recipe with
        {
            Views = Recipe.Views with { ImageSize = 16 },
            Training = Recipe.Training with { InitialImageSize = 8, FullResolutionAt = 0.6, MicroBatches = 2 },
        };
        using var straight = Straight(recipe);
        foreach (var k in (int[])[19, 20, 39]) AssertGoesOn(straight, recipe, k);    // they grow after 20 and after 39 steps
        using var grown = Straight(recipe with { Training = recipe.Training with { InitialImageSize = 0 } });
        Assert.NotEqual(grown.Part("online.safetensors"), straight.Part("online.safetensors"));
    }

    // The control: without the loader's place in the data it is another run.
    [Fact]
    public void Without_the_place_in_the_data_other_weights_come_out()
    {
        using var straight = Straight(Recipe);
        Assert.Equal(straight.Part("online.safetensors"), Finished(straight, 37, firstBatch: 37));
        Assert.NotEqual(straight.Part("online.safetensors"), Finished(straight, 37, firstBatch: 0));
    }

    private static TinyRun Straight(Recipe recipe, bool parallel = false)
    {
        var run = new TinyRun { Parallel = parallel };
        run.Train(recipe, Data, Validation);
        Assert.Equal(Steps, CheckpointFolder.In(run.Checkpoints)[0].Step);
        return run;
    }

    // A process that was killed after step k has left the checkpoints up to it, and a log that is ahead of them or was cut anywhere.
    private static void AssertGoesOn(TinyRun straight, Recipe recipe, int k)
    {
        using var run = new TinyRun { Parallel = straight.Parallel }.Begun(recipe, Data);
        Directory.CreateDirectory(run.Checkpoints);
        var checkpoint = CheckpointFolder.In(straight.Checkpoints).Single(c => c.Step == k);
        var copy = Directory.CreateDirectory(Path.Combine(run.Checkpoints, Path.GetFileName(checkpoint.Path)));
        foreach (var file in Directory.GetFiles(checkpoint.Path)) File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
        var log = File.ReadAllLines(straight.Metrics);
        var ahead = log.TakeWhile(line => StepOf(line) <= k + 5).ToArray();
        File.WriteAllText(run.Metrics, string.Join('\n', ahead)[..^(k % 2)] + (k % 3 == 0 ? "\n" : ""));
        if (k % 2 == 1 && StepOf(ahead[^1]) <= k)
            File.WriteAllLines(run.Metrics, ahead);   // what a checkpoint relies on is on disk

        using var resumed = run.Reopened();
        // A save takes longer than a step.
        var seldom = recipe with { Training = recipe.Training with { CheckpointEvery = new(Steps, IntervalUnit.Steps) } };
        var result = resumed.Train(seldom, Data, Validation, resume: true);

        Assert.Equal((true, k), (result.Finished, (int)resumed.Plans[0].Step));
        Assert.Equal(straight.State, resumed.State);
        Assert.Equal(straight.Encoder, resumed.Encoder);
        Assert.Equal(straight.Log, resumed.Log);
        Assert.Equal(straight.Evaluations[^1].Knn, result.Knn);
    }

    private static long StepOf(string line) => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("step").GetInt64();

    // The end of the run by hand, from any place in the data.
    private static byte[] Finished(TinyRun straight, int k, long firstBatch)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var run = RunDirectory.Create(folder["run"]);
        using var state = Recipe.CreateState(CPU);
        var copy = Directory.CreateDirectory(Path.Combine(run.Checkpoints, $"step-{k:D9}"));
        foreach (var file in Directory.GetFiles(Path.Combine(straight.Checkpoints, $"step-{k:D9}")))
            File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
        Assert.NotNull(Checkpoint.Restore(run, state, Assert.Fail));
        using var loader = new ViewLoader(Data, Recipe.Views, Recipe.Training.Seed, 4, 4, 1, firstBatch);
        while (state.Step < Steps)
        {
            var (v1, v2) = ViewTensors.From(loader.Next(TestContext.Current.CancellationToken), CPU, ScalarType.Float32);
            ByolStep.Take(state, new ViewPair(v1, v2),
                Schedules.LearningRate(0.1, state.Step, Steps, 8, Decay.Cosine),
                Schedules.Tau(Recipe.Method.Tau, state.Step, Steps, Decay.Cosine));
        }
        Checkpoint.Save(run, state, RunProgress.None);
        return File.ReadAllBytes(CheckpointFolder.In(run.Checkpoints)[0].PathOf("online.safetensors"));
    }
}
