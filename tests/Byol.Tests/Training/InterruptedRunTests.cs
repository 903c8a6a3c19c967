using Byol.Runs;
using Byol.Training;

namespace Byol.Tests.Training;

/// <summary>What a run leaves on the disk, and how it goes on from there.</summary>
public sealed class InterruptedRunTests
{
    private static readonly PatternImages Data = new(70), Validation = new(20, seed: 2, name: "others");

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(11)]
    public void An_interrupted_run_goes_on_to_the_same_bits(int after)
    {
        using var straight = new TinyRun();
        straight.Train(TinyRun.Recipe, Data, Validation);

        using var interrupted = new TinyRun { InterruptAfter = after };
        var first = interrupted.Train(TinyRun.Recipe, Data, Validation);
        Assert.Equal((false, (long)after), (first.Finished, first.Steps));
        using var resumed = interrupted.Reopened();
        var second = resumed.Train(TinyRun.Recipe, Data, Validation, resume: true);

        Assert.Equal((true, 12L), (second.Finished, second.Steps));
        Assert.Equal(after, resumed.Plans[0].Step);
        Assert.Equal(straight.Encoder, resumed.Encoder);
        Assert.Equal(straight.State, resumed.State);
        var expected = RunLog.Read<StepRecord>(straight.Metrics)
            .Select(s => (s.Step, s.Loss, s.LearningRate, s.Tau, s.EmbeddingStd));
        Assert.Equal(expected, RunLog.Read<StepRecord>(resumed.Metrics)
            .Select(s => (s.Step, s.Loss, s.LearningRate, s.Tau, s.EmbeddingStd)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_finished_run_resumes_to_the_same_result_and_writes_nothing(bool validated)
    {
        using var run = new TinyRun();
        var first = run.Train(TinyRun.Recipe, Data, validated ? Validation : null);
        using var again = run.Reopened();
        var before = Written();
        var second = again.Train(TinyRun.Recipe, Data, validated ? Validation : null, resume: true);
        Assert.Equal(Result(first), Result(second));
        Assert.Empty(again.Steps);
        Assert.Empty(again.Diagnoses);
        Assert.Equal(before, Written());

        // Files and folders: a file that comes and goes shows in its folder.
        List<(string, DateTime)> Written() => [.. Directory.GetFileSystemEntries(run.Folder, "*", SearchOption.AllDirectories)
            .Where(f => !f.EndsWith("run.lock", StringComparison.Ordinal) && f != run.Checkpoints)
            .Order(StringComparer.Ordinal).Select(f => (f, File.GetLastWriteTimeUtc(f)))];
    }

    [Fact]
    public void A_lost_encoder_of_a_finished_run_is_written_again()
    {
        using var run = new TinyRun();
        run.Train(TinyRun.Recipe, Data);
        var encoder = run.Encoder;
        File.Delete(run.EncoderPath);
        using var again = run.Reopened();
        again.Train(TinyRun.Recipe, Data, resume: true);
        Assert.Equal(encoder, again.Encoder);
    }

    // 12 steps; the kNN accuracies of the four evaluations say which of them is best.
    [Theory]
    [InlineData("5 steps", 2, new long[] { 10, 12 })]
    [InlineData("1 epoch", 2, new long[] { 8, 12 })]
    [InlineData("1 epoch", 1, new long[] { 12 })]
    [InlineData("1 step", 3, new long[] { 10, 11, 12 })]
    [InlineData("1 hour", 2, new long[] { 12 })]
    public void The_last_checkpoints_are_kept_and_the_best(string every, int kept, long[] expected)
    {
        Assert.True(CheckpointInterval.TryParse(every, out var interval));
        var recipe = TinyRun.Recipe with
        {
            Training = TinyRun.Recipe.Training with { CheckpointEvery = interval, CheckpointsKept = kept }
        };
        using var run = new TinyRun();
        run.Train(recipe, Data);
        Assert.Equal(expected, Steps(run));

        using var validated = new TinyRun();
        validated.Train(recipe, Data, Validation);
        var best = validated.Evaluations.MaxBy(e => e.Knn)!.Step;
        Assert.Contains(best, Steps(validated));
        Assert.All(expected.TakeLast(1), s => Assert.Contains(s, Steps(validated)));
        Assert.InRange(Steps(validated).Count, Math.Min(kept, expected.Length), kept + 1);

        static List<long> Steps(TinyRun run) => [.. CheckpointFolder.In(run.Checkpoints).Select(c => c.Step).Order()];
    }

    // What lies ahead of the checkpoint that a run goes on from was found damaged: it goes when the next is whole.
    [Fact]
    public void A_damaged_checkpoint_ahead_does_not_count_as_kept()
    {
        var recipe = TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { CheckpointEvery = new(3, IntervalUnit.Steps) } };
        using var run = new TinyRun();
        run.Train(recipe, Data);
        File.WriteAllBytes(CheckpointFolder.In(run.Checkpoints)[0].PathOf("online.safetensors"), [1]);
        using var resumed = run.Reopened();
        resumed.InterruptAfter = 10;
        resumed.Train(recipe, Data, resume: true);
        Assert.Equal(9, resumed.Plans[0].Step);
        Assert.Contains("step-000000012 is skipped: online.safetensors does not match its digest",
            Assert.Single(resumed.Warnings), StringComparison.Ordinal);
        Assert.Equal([10L, 9], CheckpointFolder.In(run.Checkpoints).Select(c => c.Step));
    }

    // Whoever interrupts the last evaluation gets it when the run is resumed, and a record as if nothing had been.
    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    public void An_interrupted_evaluation_is_made_up_for(long after)
    {
        using var straight = new TinyRun();
        straight.Train(TinyRun.Recipe, Data, Validation);
        using var interrupted = new TinyRun { InterruptAfter = after };
        interrupted.Train(TinyRun.Recipe, Data, Validation);
        Assert.DoesNotContain(interrupted.Evaluations, e => e.Step == after);
        using var resumed = interrupted.Reopened();
        var result = resumed.Train(TinyRun.Recipe, Data, Validation, resume: true);
        Assert.Equal(straight.Evaluations[^1].Knn, result.Knn);
        Assert.Equal(straight.Log, resumed.Log);
    }

    private static object Result(TrainingResult r) => (r.Finished, r.Steps, r.Loss, r.EmbeddingStd, r.Collapsed, r.Knn, r.Probe);
}
