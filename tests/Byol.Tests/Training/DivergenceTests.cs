using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Loading;
using Byol.Runs;
using Byol.TensorFiles;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.Training;

/// <summary>What is not finite is caught within its step, named with its images, and never saved.</summary>
public sealed class DivergenceTests
{
    private const int White = 37;

    // 10,000 times the rate, by the image: weight decay multiplies weights by thousands a step.
    private static Recipe Explosive { get; } = TinyRun.Recipe with
    {
        Optimizer = TinyRun.Recipe.Optimizer with { LearningRate = 999, BaseBatchSize = 1, WeightDecay = 0.9 },
        Training = TinyRun.Recipe.Training with { Epochs = 6 },
    };

    // Black images are 0 whatever the deviation; the white one is so far from them that the first convolution overflows.
    internal static Recipe OneBadImage { get; } = TinyRun.Recipe with
    {
        Views = TinyRun.Recipe.Views with
        {
            Mean = new(0, 0, 0), StandardDeviation = new(1e-38, 1e-38, 1e-38),
            GrayscaleProbability = 0, SolarizeProbability = new(0, 0),
        },
        Training = TinyRun.Recipe.Training with { CheckpointEvery = new(1, IntervalUnit.Steps) },
    };

    [Theory]
    [InlineData(999)]
    [InlineData(500)]
    public void A_rate_that_is_far_too_high_ends_the_run_with_one_line_and_nothing_but_finite_weights(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var run = new TinyRun();
        var recipe = Explosive with { Optimizer = Explosive.Optimizer with { LearningRate = learningRate } };
        recipe = recipe with { Training = recipe.Training with { CheckpointEvery = new(1, IntervalUnit.Steps) } };
        var e = Assert.Throws<DivergenceException>(() => run.Train(recipe, new PatternImages(64)));
        Assert.Matches(
            @"^Step \d+: .+ is not finite; seed 1, epoch \d, images \d+ \(pattern \d+\), .* and 13 more, all in metrics.jsonl\. "
            + @"Nothing of it was saved: .*training\.on_non_finite = rewind",
            e.Message);
        Assert.DoesNotContain('\n', e.Message);
        var noted = Assert.Single(RunLog.Read<NonFiniteRecord>(run.Metrics));
        Assert.Equal((e.Record.Step, 16, 16), (noted.Step, noted.Images.Count, noted.Names.Distinct().Count()));
        var saved = CheckpointFolder.In(run.Checkpoints);
        Assert.Equal(noted.Step - 1, saved[0].Step);
        Assert.All(Directory.GetFiles(saved[0].Path, "*.safetensors").Append(run.EncoderPath), path =>
        {
            using var file = new SafetensorsFile(path);
            Assert.All(file.Names, n => Assert.True(file.Read(n).isfinite().all().item<bool>(), n));
        });

        // The same again, to the bit: going on without rewinding helps nothing, and says so.
        using var resumed = run.Reopened();
        var again = Assert.Throws<DivergenceException>(() => resumed.Train(recipe, new PatternImages(64), resume: true));
        Assert.Equal(e.Message, again.Message);
    }

    [Fact]
    public void Going_back_three_times_to_one_step_is_enough()
    {
        using var run = new TinyRun();
        var e = Assert.Throws<DivergenceException>(() => run.Train(Rewinding(Explosive), new PatternImages(64)));
        Assert.Contains("3 times did not help", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, RunLog.Read<RewindRecord>(run.Metrics).Count);
        Assert.Equal(3, run.Warnings.Count(w => w.Contains("Returned to step 0", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_image_at_fault_is_named()
    {
        using var run = new TinyRun();
        var e = Assert.Throws<DivergenceException>(() => run.Train(OneBadImage, new BlackImages()));
        var (epoch, _) = (e.Record.Epoch, e.Record.Step);
        var order = new EpochOrder(64, 1).Indices(epoch);
        Assert.Equal(order[((int)(e.Record.Step - 1) * 16)..((int)e.Record.Step * 16)], e.Record.Images);
        Assert.Contains(White, e.Record.Images);
        Assert.Contains($"black {White}", e.Record.Names);
    }

    // The white image comes once an epoch, and each time the run goes back a step and on without it.
    // Interrupted and resumed it does the same.
    [Fact]
    public void A_rewound_run_leaves_the_images_out_and_goes_on_to_the_same_bits_after_an_interruption()
    {
        using var straight = new TinyRun();
        var result = straight.Train(Rewinding(OneBadImage), new BlackImages());
        Assert.Equal((true, 12L), (result.Finished, result.Steps));
        var rewinds = RunLog.Read<RewindRecord>(straight.Metrics);
        Assert.InRange(rewinds.Count, 2, 4);
        Assert.Equal(Enumerable.Range(1, rewinds.Count).Select(i => (long)i), rewinds.Select(r => r.Skipped));
        var steps = RunLog.Read<StepRecord>(straight.Metrics).Select(s => s.Step);
        Assert.Equal(Enumerable.Range(1, 12).Select(i => (long)i), steps);

        foreach (var after in (long[])[rewinds[0].Step, rewinds[0].Step + 1, 9])
        {
            using var interrupted = new TinyRun { InterruptAfter = Math.Max(1, after) };
            interrupted.Train(Rewinding(OneBadImage), new BlackImages());
            using var resumed = interrupted.Reopened();
            resumed.Train(Rewinding(OneBadImage), new BlackImages(), resume: true);
            Assert.Equal(straight.Log, resumed.Log);
            Assert.Equal(straight.State, resumed.State);
        }
    }

    internal static Recipe Rewinding(Recipe recipe) => recipe with { Training = recipe.Training with { OnNonFinite = OnNonFinite.Rewind } };

    internal sealed class BlackImages : IDataset
    {
        public string Name => "black";

        public int Count => 64;

        public IReadOnlyList<string> Classes => [];

        public Image8 Read(int index, ImageBuffer buffer)
        {
            var pixels = new byte[16 * 16 * Image8.Channels];
            if (index == White) pixels.AsSpan().Fill(255);
            return new Image8(pixels, 16, 16);
        }

        public int? Label(int index) => null;

        public string ItemName(int index) => $"black {index}";
    }
}
