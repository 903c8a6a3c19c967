using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Comparison;

/// <summary>Scores options on the same tasks, draws and images.</summary>
/// <param name="tasks">One, or one a fold.</param>
/// <param name="amounts">Amounts of labels.</param>
/// <param name="seed">Draws the labels.</param>
/// <param name="say">Is told, a line each, what was found.</param>
internal sealed class OptionScoring(
    IReadOnlyList<EvaluationTask> tasks, IReadOnlyList<LabelAmount> amounts, ulong seed, Action<string> say)
{
    private readonly int[] _labels = [.. tasks.SelectMany(t => t.TestLabels)];

    /// <summary>Scores an option under some protocols.</summary>
    /// <param name="name">What tables call it.</param>
    /// <param name="isTrained">Whether it cost pretraining.</param>
    /// <param name="protocols">Name, and what makes the option's rows under it, one a task.</param>
    /// <param name="cancellation">Ends it between two draws.</param>
    public OptionScores Score(
        string name, bool isTrained, IReadOnlyList<(string Name, Func<IReadOnlyList<IProbe>> Probes)> protocols,
        CancellationToken cancellation)
    {
        var cells = new List<ScoreCell>();
        foreach (var (protocol, make) in protocols)
        {
            cancellation.ThrowIfCancellationRequested();
            var probes = make();
            try
            {
                foreach (var amount in amounts)
                {
                    cells.Add(Cell(protocol, probes, amount, cancellation));
                    var right = cells[^1].Correct.Average(d => d.Count(c => c) / (double)d.Length);
                    say($"{name}, {protocol}, labels {amount.Budget}: {100 * right:F1} %");
                }
            }
            finally
            {
                foreach (var probe in probes) probe.Dispose();
            }
        }
        return new OptionScores(name, isTrained, cells);
    }

    private ScoreCell Cell(string protocol, IReadOnlyList<IProbe> probes, LabelAmount amount, CancellationToken cancellation)
    {
        var (correct, labeled) = (new List<bool[]>(), 0);
        for (var draw = 0; draw < amount.Draws; draw++)
        {
            using var scope = NewDisposeScope();
            var right = new List<bool>(_labels.Length);
            foreach (var (probe, task) in probes.Zip(tasks))
            {
                cancellation.ThrowIfCancellationRequested();
                var indices = LabelSampler.Indices(task, amount.Budget, seed, draw);
                labeled = indices.Length;
                using var scores = probe.Scores(indices, seed + (ulong)draw);
                using var winners = scores.argmax(1);
                right.AddRange(winners.data<long>().Select((winner, i) => winner == task.TestLabels[i]));
            }
            correct.Add([.. right]);
        }
        return new ScoreCell(protocol, amount.Budget.ToString(), labeled, amount.Overlap, correct);
    }
}
