using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.Runs;
using Byol.TensorFiles;
using Byol.Tests.Runs;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.Training;

/// <summary>A run as a program has it: everything that a verb of the tool can do, in a few lines.</summary>
public sealed class PretrainingRunTests : IDisposable
{
    private static readonly PatternImages Data = new(70), Validation = new(20, seed: 2, name: "others");
    private readonly TemporaryFolder _folder = new();

    private string Folder => _folder["run"];

    public void Dispose() => _folder.Dispose();

    private PretrainingRun Start(Recipe? recipe = null, IDataset? data = null, OpenedEncoder? initFrom = null)
    {
        var run = PretrainingRun.Start(Folder, recipe ?? TinyRun.Recipe, data ?? Data, initFrom, "typed by\nsomebody");
        run.Device = CPU;
        return run;
    }

    [Fact]
    public void A_run_that_begins_has_its_recipe_and_its_views_and_one_that_ends_its_encoder_and_its_curve()
    {
        using (var run = Start())
        {
            Assert.Equal(["data.json", "recipe.toml", "run.lock", "views.png"], Files());
            Assert.StartsWith("# typed by somebody\n", File.ReadAllText(RunDirectory.RecipeIn(Folder)), StringComparison.Ordinal);
            Assert.InRange(ImageDecoder.Decode(File.ReadAllBytes(run.ViewsPath), "views.png").Width, 100, 2000);
            Assert.Empty(PretrainingRun.ReadLog(run.Folder));
            Assert.Throws<InvalidOperationException>(run.OpenEncoder);

            Assert.True(run.Train(Validation, cancellation: TestContext.Current.CancellationToken).Finished);
        }
        Assert.Equal(
            [
                "checkpoints", "data.json", "embeddings.safetensors", "encoder.safetensors", "log.txt", "loss.svg", "metrics.jsonl", "recipe.toml",
                "report.html", "run.lock", "thumbnails.safetensors", "views.png",
            ],
            Files());

        using var opened = PretrainingRun.Open(Folder);
        opened.Device = CPU;
        Assert.Equal(TinyRun.Recipe, opened.Recipe);
        Assert.Equal(12, PretrainingRun.ReadLog(opened.Folder).OfType<StepRecord>().Count());
        using var encoder = opened.OpenEncoder();
        var embedding = new float[encoder.Dimension];
        encoder.Encode(new float[16 * 16 * 3], 1, embedding);
        Assert.Contains(embedding, x => x != 0);
        var e = Assert.Throws<InvalidOperationException>(() => opened.Train(cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("resume it", e.Message, StringComparison.Ordinal);

        List<string> Files() => [.. Directory.EnumerateFileSystemEntries(Folder)
            .Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
    }

    // Its recipe file names the 200 neighbors that were the rule, and says nothing of what came later.
    [Fact]
    public void A_run_that_an_earlier_version_began_is_resumed_by_the_same_program()
    {
        var now = TinyRun.Recipe with
        {
            Views = TinyRun.Recipe.Views with { EvaluationCrop = 1, EvaluationFit = EvaluationFit.Squash, QuarterTurnProbability = 1 },
            Training = TinyRun.Recipe.Training with { KnnNeighbors = 0 },
        };
        Start(now with { Training = now.Training with { KnnNeighbors = 200 } }).Dispose();
        var file = RunDirectory.RecipeIn(Folder);
        File.WriteAllLines(file, File.ReadAllLines(file).Where(l => !l.StartsWith("evaluation_fit") && !l.StartsWith("quarter_turn")));
        using (var run = PretrainingRun.StartOrResume(Folder, now, Data))
        {
            Assert.Equal(["training.knn_neighbors = 200", "views.evaluation_fit = \"crop\"", "views.quarter_turn_probability = 0.0"], run.Kept);
            Assert.Equal(now with
            {
                Views = now.Views with { EvaluationFit = EvaluationFit.Crop, QuarterTurnProbability = 0 },
                Training = now.Training with { KnnNeighbors = 200 },
            }, run.Recipe);
        }
        using (var run = PretrainingRun.Resume(Folder, Data)) Assert.Empty(run.Kept);
        var other = now with { Training = now.Training with { KnnNeighbors = 7 } };
        Assert.Equal("training.knn_neighbors", Assert.Throws<RecipeConflictException>(() => PretrainingRun.Resume(Folder, Data, other)).Key);
    }

    [Fact]
    public void A_method_can_listen()
    {
        using var run = Start();
        var records = new List<RunRecord>();
        run.Train(Validation, records.Add);
        Assert.IsType<PlanRecord>(records[0]);
        Assert.Equal(PretrainingRun.ReadLog(run.Folder).Values(), records.Where(r => r is not (PlanRecord or WarningRecord)).Values());
        Assert.StartsWith("70 images, 12 steps (3 epochs), ", $"{records[0]}", StringComparison.Ordinal);
        Assert.StartsWith("step 1: loss ", $"{records.OfType<StepRecord>().First()}", StringComparison.Ordinal);
        Assert.All(records, r => Assert.DoesNotContain("{", $"{r}", StringComparison.Ordinal));
    }

    [Fact]
    public void Training_goes_on_where_it_was_interrupted_in_this_process_or_in_another()
    {
        using var straight = new TinyRun();
        straight.Train(TinyRun.Recipe, Data);

        using (var run = Start())
        {
            Assert.Equal(2, Interrupted(run, after: 2).Steps);
            Assert.Equal(5, Interrupted(run, after: 5).Steps);
        }
        using (var run = PretrainingRun.StartOrResume(Folder, TinyRun.Recipe, Data))
        {
            run.Device = CPU;
            Assert.True(run.Train(cancellation: TestContext.Current.CancellationToken).Finished);
        }
        using var one = new SafetensorsFile(straight.EncoderPath);
        using var other = new SafetensorsFile(RunDirectory.EncoderIn(Folder));
        Assert.Equal(one.Metadata["weights_sha256"], other.Metadata["weights_sha256"]);

        static TrainingResult Interrupted(PretrainingRun run, long after)
        {
            using var source = new CancellationTokenSource();
            return run.Train(null, new Canceling(source, after), source.Token);
        }
    }

    private sealed class Canceling(CancellationTokenSource source, long after) : IRunListener
    {
        public void Receive(RunRecord record)
        {
            if (record is StepRecord && record.Step == after) source.Cancel();
        }
    }

    [Fact]
    public void What_changes_no_weight_may_be_another_when_a_run_is_resumed_and_nothing_else()
    {
        Start().Dispose();
        var training = TinyRun.Recipe.Training;
        var free = TinyRun.Recipe with
        {
            Training = training with
            {
                CheckpointEvery = new(7, IntervalUnit.Steps), CheckpointsKept = 5, LoaderThreads = 2, OnNonFinite = OnNonFinite.Rewind,
            },
        };
        using (var run = PretrainingRun.Resume(Folder, Data, free)) Assert.Equal(free, run.Recipe);
        using (var run = PretrainingRun.Resume(Folder, Data)) Assert.Equal(TinyRun.Recipe, run.Recipe);

        foreach (var (key, recipe) in (IEnumerable<(string, Recipe)>)[
            ("training.epochs", TinyRun.Recipe with { Training = training with { Epochs = 4 } }),
            ("training.max_steps", TinyRun.Recipe with { Training = training with { MaxSteps = 4 } }),
            ("method.tau", TinyRun.Recipe with { Method = TinyRun.Recipe.Method with { Tau = 0.5 } }),
            ("encoder.width", TinyRun.Recipe with { Encoder = TinyRun.Recipe.Encoder.AsResNet() with { Width = 0.25 } })])
        {
            var e = Assert.Throws<RecipeConflictException>(() => PretrainingRun.StartOrResume(Folder, recipe, Data));
            Assert.Equal(key, e.Key);
            var (asked, saved) = (RecipeKeys.Get(recipe, key), RecipeKeys.Get(TinyRun.Recipe, key));
            Assert.NotEqual(asked, saved);
            Assert.Contains($"{key} = {asked} contradicts the run in {Folder}, which has {saved}", e.Message, StringComparison.Ordinal);
        }
        using var after = PretrainingRun.Resume(Folder, Data);      // a refusal lets go of the folder
    }

    [Fact]
    public void Whoever_looks_on_does_not_disturb_and_nobody_else_may_train()
    {
        using var run = Start();
        using var looking = PretrainingRun.Open(Folder);
        Assert.Throws<RunDirectoryException>(() => PretrainingRun.Resume(Folder, Data));
        Assert.Throws<RunDirectoryException>(() => Start());
        Assert.Throws<RunDirectoryException>(() => PretrainingRun.Open(_folder["nowhere"]));
        Assert.Throws<RunDirectoryException>(() => PretrainingRun.Resume(_folder["nowhere"], Data));
    }

    [Theory]
    [InlineData("few images")]
    [InlineData("recipe")]
    [InlineData("encoder")]
    [InlineData("unreadable")]
    public void A_mistake_leaves_no_folder_behind(string what)
    {
        using var weights = new WeightSource(1, CPU);
        var wide = TinyRun.Recipe.Encoder.AsResNet() with { Width = 0.25 };
        using var other = new OpenedEncoder(new ResNet(wide, weights),
            new EncoderDescription(wide, new Preprocessing(16, 1, [0, 0, 0], [1, 1, 1])));
        Assert.ThrowsAny<Exception>(() => what switch
        {
            "few images" => Start(data: new PatternImages(8)),
            "recipe" => Start(TinyRun.Recipe with { Method = TinyRun.Recipe.Method with { Tau = 2 } }),
            "encoder" => Start(initFrom: other),
            _ => Start(data: new Unreadable()),
        });
        Assert.False(Directory.Exists(Folder));
    }

    // As the README has it, with a small encoder in place of a pretrained one.
    [Fact]
    public void A_recipe_is_made_for_an_encoder_that_is_there_already()
    {
        var options = new ResNetOptions { Depth = 18, Width = 0.125, Stem = Stem.SmallStride2, Blocks = [1, 2, 1, 1] };
        using var weights = new WeightSource(4, CPU);
        using var start = new OpenedEncoder(
            options.Create(weights), new EncoderDescription(options, new Preprocessing(32, 1, [0.1, 0.2, 0.3], [0.4, 0.5, 0.6])));
        var recipe = TinyRun.Recipe.For(start.Description);
        Assert.Equal(TinyRun.Recipe with { Encoder = options, Views = TinyRun.Recipe.Views with { Mean = new(0.1, 0.2, 0.3),
            StandardDeviation = new(0.4, 0.5, 0.6) } }, recipe);
        using (var run = Start(recipe, initFrom: start))
            Assert.True(run.Train(cancellation: TestContext.Current.CancellationToken).Finished);
        using var encoder = EncoderFile.Open(RunDirectory.EncoderIn(Folder), CPU);
        Assert.Equal(options, encoder.Description.Architecture);
        Assert.Equal([0.1, 0.2, 0.3], encoder.Description.Preprocessing.Mean);
        using var resumed = PretrainingRun.Resume(Folder, Data);
        Assert.Equal(recipe, resumed.Recipe);
    }

    private sealed class Unreadable : IDataset
    {
        public string Name => "unreadable";

        public int Count => 64;

        public IReadOnlyList<string> Classes => [];

        public Image8 Read(int index, ImageBuffer buffer) => throw new InvalidDataException($"{index} is damaged");

        public int? Label(int index) => null;

        public string ItemName(int index) => $"{index}";
    }

    // Killed between the recipe and the picture.
    [Fact]
    public void A_lost_picture_of_the_views_is_drawn_again()
    {
        using var run = Start(TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { Epochs = 1 } });
        var views = File.ReadAllBytes(run.ViewsPath);
        File.Delete(run.ViewsPath);
        run.Train(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(views, File.ReadAllBytes(run.ViewsPath));
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(1000, 12)]
    public void A_run_ends_after_its_most_steps_with_an_evaluation(int most, int expected)
    {
        using var run = Start(TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { MaxSteps = most, EvaluateEveryEpochs = 9 } });
        var result = run.Train(Validation, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((true, expected), (result.Finished, (int)result.Steps));
        var log = PretrainingRun.ReadLog(run.Folder);
        Assert.Equal(expected, Assert.Single(log.OfType<KnnRecord>()).Step);
        Assert.True(log.OfType<StepRecord>().Last().LearningRate < 0.05, "the schedule ends with the run");
        Assert.Equal(expected, CheckpointFolder.In(RunDirectory.CheckpointsIn(Folder))[0].Step);
    }

    [Fact]
    public void Advice_is_given_where_the_most_steps_end_the_warm_up()
    {
        using var run = Start(TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { MaxSteps = 2 } });
        var warnings = new List<string>();
        run.Train(record =>
        {
            if (record.NeedsAttention) warnings.Add($"{record}");
        });
        Assert.Contains(warnings, w => w.Contains("0.5 epochs of warm-up are 2 steps, and the run has 2", StringComparison.Ordinal));
    }

    [Fact]
    public void Recipes_that_are_properties_are_those_of_their_names()
    {
        var properties = typeof(Recipes).GetProperties();
        Assert.Equal(["Adapt", "Folder", "Quickstart"], properties.Select(p => p.Name).Order());
        Assert.All(properties, p => Assert.Equal(RecipeFile.Open(p.Name.ToLowerInvariant()), p.GetValue(null)));
    }
}
