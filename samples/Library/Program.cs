// BYOL as a library: images of our own and an encoder of our own, in a run that can be interrupted and resumed.
//   dotnet run --project samples/Library -c Release -- runs/shapes 40       a run folder, and its epochs
//   dotnet run --project samples/Library -c Release -- loop 400             a loop of our own, and its steps
using System.Globalization;
using Byol.Method;
using Byol.Models;
using Byol.Optim;
using Byol.Training;
using LibrarySample;

var folder = args.ElementAtOrDefault(0) ?? "runs/shapes";
var length = int.Parse(args.ElementAtOrDefault(1) ?? "40", CultureInfo.InvariantCulture);
if (folder == "loop")
{
    OwnLoop.Train(length);
    return;
}

EncoderKinds.Register<SmallEncoderOptions>("small");    // its name in recipe.toml and in encoder files
var recipe = new Recipe
{
    Encoder = new SmallEncoderOptions(),
    Views = DrawnShapes.Views,
    Method = new ByolOptions { ProjectorHidden = 128, ProjectionSize = 64, PredictorHidden = 128, Tau = 0.98 },
    Optimizer = new OptimizerOptions
    {
        Kind = OptimizerKind.Sgd, LearningRate = 0.1, BaseBatchSize = 64, WeightDecay = 1e-4, WarmupEpochs = 1,
    },
    Training = new TrainingOptions { Epochs = length, BatchSize = 64, EvaluateEveryEpochs = 10 },
};
var (images, others) = (new DrawnShapes(512), new DrawnShapes(128, first: 512));

using (var untrained = Neighbors.Untrained(recipe, seed: 1)) Console.WriteLine($"before: {Neighbors.Score(untrained, others)}");
using var run = PretrainingRun.StartOrResume(folder, recipe, images);
var result = run.Train(validation: others, record => Console.WriteLine(record));
Console.WriteLine($"{result.Steps} steps: {run.EncoderPath}");

using var encoder = run.OpenEncoder();
Console.WriteLine($"after: {Neighbors.Score(encoder, others)}");
