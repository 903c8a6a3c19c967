using Byol.Encoders;
using Byol.Evaluation;
using Byol.Export;
using Byol.Models;
using Byol.Runs;
using Byol.TensorFiles;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.Training;

/// <summary>A run that begins with an encoder says whether training made it better, and keeps the best.</summary>
public sealed class BestEncoderTests
{
    private static readonly PatternImages Data = new(64), Validation = new(30, seed: 2, name: "others");

    // The seed draws weights that the run would not have drawn itself.
    private static OpenedEncoder Initial()
    {
        using var weights = new WeightSource(77, CPU);
        return new OpenedEncoder(TinyRun.Recipe.Encoder.Create(weights),
            new EncoderDescription(TinyRun.Recipe.Encoder, Preprocessing.Of(TinyRun.Recipe.Views)));
    }

    [Fact]
    public void It_is_evaluated_before_the_first_step_by_the_linear_probe_of_evaluate()
    {
        using var initial = Initial();
        using var run = new TinyRun();
        var result = run.Begun(TinyRun.Recipe, Data, initial).Train(TinyRun.Recipe, Data, Validation);

        Assert.Equal([0, 4, 8, 12], run.Evaluations.Select(e => e.Step));
        Assert.All(run.Evaluations, e => Assert.NotNull(e.Linear));
        using var encoder = new ModuleEncoder("initial", initial.Network, initial.Description, Precision.Float32, CPU, leaveOpen: true);
        using var bank = FeatureBank.Encode(encoder, Data, TestContext.Current.CancellationToken);
        using var queries = FeatureBank.Encode(encoder, Validation, TestContext.Current.CancellationToken);
        using var probe = FeatureProbe.Scaled("", bank, queries, Standardization.Of, (b, q, seed) => LinearProbe.Scores(b, q, seed));
        using var scores = probe.Scores([.. Enumerable.Range(0, 64)], TinyRun.Recipe.Training.Seed);
        Assert.Equal(ClassificationResult.Of(scores, queries.Labels).Confusion.BalancedAccuracy, result.Initial!.Linear);
        Assert.Equal(run.Evaluations[0].Linear, result.Initial.Linear);
    }

    [Fact]
    public void The_best_has_a_file_of_its_own_unless_it_is_the_one_that_the_run_began_with()
    {
        using var initial = Initial();
        using var run = new TinyRun();
        var result = run.Begun(TinyRun.Recipe, Data, initial).Train(TinyRun.Recipe, Data, Validation);
        var best = run.Evaluations.MaxBy(e => (e.Linear!.Value, e.Knn))!;      // the first of equals

        Assert.Equal(best.Step, result.Best!.Step);
        Assert.Equal(best.Step > 0, File.Exists(RunDirectory.BestIn(run.Folder)));
        Assert.Equal(run.Evaluations[^1].Linear, result.Linear);
        if (best.Step == 0) return;
        using var file = EncoderFile.Open(RunDirectory.BestIn(run.Folder), CPU);
        Assert.Equal(best.Step, file.Description.BestStep);
        using var encoder = new ModuleEncoder("best", file.Network, file.Description, Precision.Float32, CPU, leaveOpen: true);
        using var bank = FeatureBank.Encode(encoder, Data, TestContext.Current.CancellationToken);
        using var queries = FeatureBank.Encode(encoder, Validation, TestContext.Current.CancellationToken);
        Assert.Equal(best.Linear, LinearScore.Of(bank, queries, TinyRun.Recipe.Training.Seed, Assert.Fail));
        Assert.Null(EncoderFileDescription(run.EncoderPath).BestStep);
    }

    [Fact]
    public void Interrupted_and_resumed_it_says_the_same()
    {
        using var first = Initial();
        using var whole = new TinyRun();
        whole.Begun(TinyRun.Recipe, Data, first).Train(TinyRun.Recipe, Data, Validation);
        using var second = Initial();
        using var interrupted = new TinyRun { InterruptAfter = 6 };
        interrupted.Begun(TinyRun.Recipe, Data, second).Train(TinyRun.Recipe, Data, Validation);
        using var resumed = interrupted.Reopened();
        var result = resumed.Train(TinyRun.Recipe, Data, Validation, resume: true);

        Assert.Equal(whole.Log, resumed.Log);
        Assert.Equal(0, result.Initial!.Step);
        Assert.Equal(File.Exists(RunDirectory.BestIn(whole.Folder)), File.Exists(RunDirectory.BestIn(resumed.Folder)));
    }

    [Fact]
    public void Without_labels_it_does_not_know()
    {
        using var initial = Initial();
        using var run = new TinyRun();
        var result = run.Begun(TinyRun.Recipe, Data, initial).Train(TinyRun.Recipe, Data);
        Assert.Null(result.Best);
        Assert.Null(result.Initial);
        Assert.False(File.Exists(RunDirectory.BestIn(run.Folder)));
    }

    [Fact]
    public void A_run_from_random_weights_is_evaluated_as_before()
    {
        using var run = new TinyRun();
        var result = run.Train(TinyRun.Recipe, Data, Validation);
        Assert.Equal([4, 8, 12], run.Evaluations.Select(e => e.Step));
        Assert.All(run.Evaluations, e => Assert.Null(e.Linear));
        Assert.Null(result.Initial);
        Assert.Equal(run.Evaluations.Max(e => e.Knn), result.Best!.Knn);
    }

    [Theory]
    [InlineData(0.5, 0.9, 0.6, 0.1, true)]      // the linear probe comes first
    [InlineData(0.6, 0.1, 0.5, 0.9, false)]
    [InlineData(0.6, 0.1, 0.6, 0.2, true)]      // then the neighbors
    [InlineData(0.6, 0.2, 0.6, 0.2, false)]     // of equals the first stays
    public void Best_is_by_the_linear_probe_and_then_by_neighbors(double was, double knnWas, double now, double knnNow, bool better) =>
        Assert.Equal(better, Evaluated(8, now, knnNow).IsBetterThan(Evaluated(4, was, knnWas)));

    [Theory]
    [InlineData(8, 8, 8, true, false)]       // log and file agree
    [InlineData(0, 0, 0, false, false)]      // the first is still the best
    [InlineData(0, 12, 0, false, false)]     // rewound behind the only one that was better
    [InlineData(8, 12, -1, false, true)]     // rewound behind one that had taken another's place
    public void Where_a_run_went_back_log_and_file_are_made_to_agree(int logged, int kept, int best, bool file, bool warned)
    {
        using var folder = new TemporaryFolder();
        using var directory = RunDirectory.Create(folder["run"]);
        File.WriteAllBytes(directory.Initial, []);
        using var network = Initial();
        if (kept > 0)
        {
            RunDirectory.Write(directory.Best, s => EncoderWriter.Write(s, network.Network, new EncoderDescription(network.Description.Architecture, network.Description.Preprocessing) { BestStep = kept }));
        }
        var log = new List<RunRecord> { Evaluated(0, 0.5, 0.5) };
        if (logged > 0) log.Add(Evaluated(logged, 0.6, 0.5));
        var history = new RunHistory(log, logged, RunProgress.None);
        var warnings = new List<string>();
        BestEncoder.Reconcile(directory, history, warnings.Add);

        Assert.Equal(best, history.Best?.Step ?? -1);
        Assert.Equal(file, File.Exists(directory.Best));
        Assert.Equal(warned, warnings.Count == 1);
    }

    private static KnnRecord Evaluated(long step, double linear, double knn) => new(step, step, knn, 1) { Linear = linear };

    private static EncoderDescription EncoderFileDescription(string path)
    {
        using var file = new SafetensorsFile(path);
        return EncoderDescription.Parse(path, file.Metadata);
    }
}
