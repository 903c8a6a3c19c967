using System.Text.Json.Serialization;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Cli.Evaluations;

/// <summary>One row of the table: a candidate with some labels, over one or more draws of them.</summary>
/// <param name="Features">What was classified.</param>
/// <param name="Dimension">Size of a feature vector.</param>
/// <param name="Labels">The amount as it was asked for.</param>
/// <param name="Labeled">Labels that were seen.</param>
/// <param name="Neighbors">k, if nearest neighbors vote.</param>
/// <param name="Accuracy">0 to 1, mean over the draws.</param>
/// <param name="Low">Lower end of its 95 % interval by the number of images that were classified (Wilson).</param>
/// <param name="High">Upper end.</param>
/// <param name="AccuracyStd">Sample standard deviation over the draws; null if there was one.</param>
/// <param name="Top5">0 to 1, mean; null if there are five classes or fewer.</param>
/// <param name="BalancedAccuracy">0 to 1, mean.</param>
/// <param name="BalancedAccuracyStd">As <paramref name="AccuracyStd"/>.</param>
/// <param name="Draws">Accuracy of each draw.</param>
/// <param name="Confusion">[true][predicted], the sum over the draws.</param>
/// <param name="Recall">Of each class, over all draws.</param>
/// <param name="Precision">Of each class, over all draws.</param>
internal sealed record EvaluationRow(
    string Features, long Dimension, string Labels, int Labeled, int? Neighbors,
    double Accuracy, double Low, double High, double? AccuracyStd, double? Top5, double BalancedAccuracy, double? BalancedAccuracyStd,
    IReadOnlyList<double> Draws, IReadOnlyList<IReadOnlyList<int>> Confusion, IReadOnlyList<double> Recall, IReadOnlyList<double> Precision)
{
    /// <summary>What each image was taken for in the last draw, in the order of the tasks' test images.</summary>
    [JsonIgnore]
    public IReadOnlyList<int> Predicted { get; private init; } = [];

    /// <summary>Scores a candidate; each draw is reported to <paramref name="progress"/>. Folds are put together: every image counts once.
    /// </summary>
    public static EvaluationRow Score(
        IReadOnlyList<IProbe> folds, IReadOnlyList<EvaluationTask> tasks, ChosenProtocol chosen, LabelBudget amount, int draws, ulong seed,
        TextWriter? progress)
    {
        var outcomes = new List<ClassificationResult>();
        int[] predicted = [];
        int[] labels = [.. tasks.SelectMany(t => t.TestLabels)];
        var (candidate, labeled, neighbors) = (folds[0], 0, (int?)null);
        for (var draw = 0; draw < draws; draw++)
        {
            using var scope = NewDisposeScope();
            var scores = new List<Tensor>();
            foreach (var (fold, task) in folds.Zip(tasks))
            {
                var indices = LabelSampler.Indices(task, amount, seed, draw);
                (labeled, neighbors) = (indices.Length, chosen.Neighbors(indices.Select(i => task.Train.Label(i)!.Value)));
                scores.Add(fold.Scores(indices, seed + (ulong)draw));
            }
            var all = cat(scores);
            outcomes.Add(ClassificationResult.Of(all, labels));
            predicted = [.. all.argmax(1).data<long>().ToArray().Select(c => (int)c)];
            progress?.WriteLine(
                $"{candidate.Name}, labels {amount} ({labeled}), draw {draw + 1} of {draws}: {Output.Percent(outcomes[^1].Accuracy)}");
        }
        var sum = ConfusionMatrix.Sum([.. outcomes.Select(o => o.Confusion)]);
        double[] accuracies = [.. outcomes.Select(o => o.Accuracy)];
        double[] balanced = [.. outcomes.Select(o => o.Confusion.BalancedAccuracy)];
        var interval = WilsonInterval.Of(accuracies.Average(), labels.Length);
        return new EvaluationRow(
            candidate.Name, candidate.Dimension, amount.ToString(), labeled, neighbors,
            accuracies.Average(), interval.Low, interval.High, Spread(accuracies), outcomes.Average(o => o.Top5),
            balanced.Average(), Spread(balanced), accuracies, sum.Counts, sum.Recall, sum.Precision)
        {
            Predicted = predicted,
        };
    }

    private static double? Spread(double[] values) =>
        values.Length < 2 ? null : Math.Sqrt(values.Sum(v => Math.Pow(v - values.Average(), 2)) / (values.Length - 1));
}
