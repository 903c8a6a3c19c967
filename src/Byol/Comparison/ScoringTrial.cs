using System.Diagnostics;
using Byol.Data.Datasets;
using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Comparison;

/// <summary>Finds out in a few seconds how long it takes to score an option: a few images are encoded, and a classifier of each amount of
/// labels is fitted to as many random features.</summary>
/// <param name="images">The images.</param>
/// <param name="amounts">Amounts of labels.</param>
/// <param name="seed">Draws labels.</param>
internal sealed class ScoringTrial(ComparedImages images, IReadOnlyList<LabelAmount> amounts, ulong seed)
{
    private const int Encoded = 32, MostFitted = 500;
    private readonly Dictionary<long, TimeSpan> _fits = [];     // by the size of the features

    /// <summary>What it takes to score an option.</summary>
    /// <param name="encode">Gives the features of images.</param>
    /// <param name="option">The option.</param>
    public TimeSpan Predict(ComparedOption option, Func<IDataset, FeatureBank> encode)
    {
        var tasks = images.Tasks(option.Reading);
        var all = tasks[0].Fold?.Whole ?? tasks[0].Test;
        var count = tasks[0].Fold is null ? tasks[0].Train.Count + tasks[0].Test.Count : all.Count;
        using var first = encode(all.Part(all.Name, 0, 1));     // libtorch prepares
        var some = Math.Min(Encoded, all.Count);
        var start = Stopwatch.GetTimestamp();
        using var features = encode(all.Part(all.Name, 0, some));
        return Stopwatch.GetElapsedTime(start) * count / some + Fits(features.Features.shape[1], tasks);
    }

    private TimeSpan Fits(long dimension, IReadOnlyList<EvaluationTask> tasks)
    {
        if (_fits.TryGetValue(dimension, out var known)) return known;
        var total = TimeSpan.Zero;
        foreach (var amount in amounts)
        {
            using var scope = NewDisposeScope();
            var labeled = LabelSampler.Indices(tasks[0], amount.Budget, seed, 0);
            var every = (labeled.Length + MostFitted - 1) / MostFitted;
            int[] labels = [.. labeled.Where((_, i) => i % every == 0).Select(i => tasks[0].TrainLabels[i])];
            if (labels.Distinct().Take(2).Count() < 2) continue;
            using var bank = new FeatureBank(randn(labels.Length, dimension), labels, tasks[0].Classes);
            var start = Stopwatch.GetTimestamp();
            using var scores = LinearProbe.Scores(bank, bank.Features, seed);
            total += Stopwatch.GetElapsedTime(start) * every * amount.Draws * tasks.Count;
        }
        return _fits[dimension] = total;
    }
}
