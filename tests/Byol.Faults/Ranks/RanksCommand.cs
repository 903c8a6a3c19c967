using System.CommandLine;
using System.Globalization;
using Byol.Faults.Soaking;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.Optim;
using Byol.Runs;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Faults.Ranks;

/// <summary>A run of a second that several processes train, in fp64, so that what they leave can be compared to the last digits; started by
/// mpirun, or by nobody.</summary>
internal static class RanksCommand
{
    private const int Images = 96, Validation = 32;

    public static Command Create()
    {
        var folder = new Option<string>("--out") { Description = "The run's folder.", Required = true };
        var resume = new Option<bool>("--resume") { Description = "Resume the run in --out." };
        var interrupt = new Option<int?>("--interrupt") { Description = "Images after whose reading the last rank is interrupted." };
        var failing = new Option<int?>("--failing") { Description = "A rank whose images end in an error." };
        var unreadable = new Option<int[]>("--unreadable") { Description = "Images that cannot be read.", DefaultValueFactory = _ => [] };
        var limit = new Option<int>("--silence-limit") { Description = "Seconds.", DefaultValueFactory = _ => 60 };
        var fp32 = new Option<bool>("--fp32") { Description = "Train in fp32, with validation images." };
        var noise = new Option<bool>("--noise") { Description = "Train beside a thread that allocates and collects all the while." };
        var set = new Option<string[]>("--set") { Description = "Recipe keys.", DefaultValueFactory = _ => [] };
        var train = new Command("pretrain", "Train.") { folder, resume, interrupt, failing, unreadable, limit, fp32, noise, set };
        train.SetAction(parsed =>
        {
            var (ranks, path) = (Distributed.Ranks.Current, parsed.GetValue(folder)!);
            ranks.LimitSilence(TimeSpan.FromSeconds(parsed.GetValue(limit)));
            var recipe = parsed.GetValue(set)!.Aggregate(Recipe, (r, assignment) => RecipeFile.Set(r, assignment));
            using var interruption = new CancellationTokenSource();
            using var beside = parsed.GetValue(noise) ? new AllocatingThread() : null;
            var data = new MadeImages(Images, parsed.GetValue(unreadable)!, read =>
            {
                if (ranks.Rank == parsed.GetValue(failing) && read == Images / 2) throw new InvalidOperationException("the disk was pulled out");
                if (ranks.Rank == ranks.Count - 1 && read == parsed.GetValue(interrupt)) interruption.Cancel();
            });
            using var run = parsed.GetValue(resume)
                ? PretrainingRun.Resume(path, data, recipe) : PretrainingRun.Start(path, recipe, data);
            (run.Device, run.WeightType) = (CPU, parsed.GetValue(fp32) ? ScalarType.Float32 : ScalarType.Float64);
            var validation = parsed.GetValue(fp32) ? new MadeImages(Validation, []) : null;
            var result = run.Train(validation, new ActionListener(record => Console.Error.WriteLine(record)), interruption.Token);
            if (beside is not null) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{beside.Collections:N0} collections"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"finished {result.Finished}, steps {result.Steps}, loss {result.Loss:R}, kNN {result.Knn}, probe {result.Probe}"));
        });
        var count = new Option<int>("--count") { Description = "How often.", DefaultValueFactory = _ => 50 };
        var seed = new Option<int>("--seed") { Description = "Draws ranks and moments.", DefaultValueFactory = _ => 1 };
        var kills = new Command("kills", "Kill ranks of such runs at random moments.") { count, seed };
        kills.SetAction(parsed =>
        {
            var row = RankKills.Run(parsed.GetValue(count), parsed.GetValue(seed));
            Console.WriteLine($"\n| fault | tried | held | lost |\n|---|---:|---:|---:|\n{row}");
            foreach (var loss in row.Lost) Console.WriteLine(loss);
            return row.Lost.Count == 0 ? 0 : 1;
        });
        var runs = new Argument<string[]>("runs") { Description = "Two runs.", Arity = new ArgumentArity(2, 2) };
        var compare = new Command("compare", "Compare what two runs left, number by number.") { runs };
        compare.SetAction(parsed =>
        {
            var distance = LastCheckpoint.Distance(parsed.GetValue(runs)![0], parsed.GetValue(runs)![1]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"largest difference {distance:0.0e+0} of the largest number of its tensor"));
            return distance < 1e-9 ? 0 : 1;
        });
        return new Command("ranks", "Runs on several ranks.") { train, kills, compare };
    }

    /// <summary>What is typed for such a run.</summary>
    public static IEnumerable<string> Command(string folder, params IEnumerable<string> arguments) =>
        [typeof(RanksCommand).Assembly.Location, "ranks", "pretrain", "--out", folder, .. arguments];

    /// <summary>What it trains.</summary>
    public static Recipe Recipe { get; } = new()
    {
        Encoder = new ResNetOptions { Depth = 18, Width = 0.125, Stem = Stem.SmallStride2 },
        Views = new() { ImageSize = 16, CropArea = new(0.5, 1), EvaluationCrop = 1 },
        Method = new() { ProjectorHidden = 32, ProjectionSize = 16, PredictorHidden = 32, Tau = 0.9 },
        Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 0.05, BaseBatchSize = 0, WarmupEpochs = 0.5, WeightDecay = 1e-4 },
        Training = new()
        {
            Epochs = 3, BatchSize = 16, Precision = Precision.Float32, LoaderThreads = 1, EvaluateEveryEpochs = 1, KnnNeighbors = 5,
            LogEverySteps = 1, CheckpointEvery = new CheckpointInterval(1, IntervalUnit.Steps),
        },
    };
}
