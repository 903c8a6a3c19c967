using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Comparison;

/// <summary>Scores options on the same tasks, draws and images.</summary>
/// <param name="amounts">Amounts of labels.</param>
/// <param name="seed">Draws the labels.</param>
/// <param name="say">Receives a line for each result.</param>
internal sealed class OptionScoring(IReadOnlyList<LabelAmount> amounts, ulong seed, Action<string> say)
{
    /// <summary>Scores an option under some protocols.</summary>
    /// <param name="option">The option.</param>
    /// <param name="tasks">One, or one a fold.</param>
    /// <param name="protocols">Name, and what makes the option's rows under it, one a task.</param>
    /// <param name="cancellation">Cancels between two draws.</param>
    public OptionScores Score(
        ComparedOption option, IReadOnlyList<EvaluationTask> tasks,
        IReadOnlyList<(string Name, Func<IReadOnlyList<IProbe>> Probes)> protocols, CancellationToken cancellation)
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
                    cells.Add(Cell(protocol, probes, tasks, amount, cancellation));
                    var right = cells[^1].Correct.Average(d => d.Count(c => c) / (double)d.Length);
                    say($"{option.Name}, {protocol}, labels {amount.Budget}: {100 * right:F1} %");
                }
            }
            finally
            {
                foreach (var probe in probes) probe.Dispose();
            }
        }
        return new OptionScores(option.Name, option.Run is not null, cells);
    }

    private ScoreCell Cell(
        string protocol, IReadOnlyList<IProbe> probes, IReadOnlyList<EvaluationTask> tasks, LabelAmount amount,
        CancellationToken cancellation)
    {
        var (correct, labeled) = (new List<bool[]>(), 0);
        for (var draw = 0; draw < amount.Draws; draw++)
        {
            using var scope = NewDisposeScope();
            var right = new List<bool>();
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
