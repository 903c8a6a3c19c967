using System.Globalization;
using Byol.Cli.Inputs;
using Byol.Experiments;
using Byol.Reports;

namespace Byol.Cli.Experiments;

/// <summary>A way to use labels, and the paper's ResNet-50 with 1 % and 10 % of ImageNet's (top-1, table 2a).</summary>
internal sealed record FewLabelsMethod(string Name, string Protocol, bool Pretrained, double? One = null, double? Ten = null)
{
    public static IReadOnlyList<FewLabelsMethod> All { get; } =
    [
        new("BYOL, fine-tuned", ChosenProtocol.FineTuned, Pretrained: true, 53.2, 68.8),
        new("BYOL, frozen, linear probe", ChosenProtocol.Linear, Pretrained: true),
        new("supervised from scratch", ChosenProtocol.Supervised, Pretrained: false, 25.4, 56.4),
        new("random encoder, linear probe", ChosenProtocol.Linear, Pretrained: false),
    ];

    /// <summary>Whether all weights are trained, epoch by epoch.</summary>
    public bool IsTrained => Protocol != ChosenProtocol.Linear;
}

/// <summary>Accuracy after an epoch of training with labels.</summary>
internal sealed record FewLabelsPoint(int Epoch, double Accuracy);

/// <summary>One draw of labels for one method.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Labels">The amount as it was asked for.</param>
/// <param name="Labeled">Labels that were seen.</param>
/// <param name="Epochs">Epochs of fine-tuning as they were asked for.</param>
/// <param name="LeastSteps">Steps of fine-tuning at least.</param>
/// <param name="Seed">Of pretraining and draw.</param>
/// <param name="Repeat">The number of the draw, from 0.</param>
/// <param name="Accuracy">0 to 1.</param>
/// <param name="Curve">On the way; empty if nothing is trained epoch by epoch.</param>
internal sealed record FewLabelsDraw(
    string Method, string Labels, int Labeled, int Epochs, int LeastSteps, ulong Seed, int Repeat,
    double Accuracy, IReadOnlyList<FewLabelsPoint> Curve);

/// <summary>Draws as tables and curves.</summary>
internal static class FewLabels
{
    public const string OverLabels = "plot.svg", OverEpochs = "epochs.svg";

    public static ExperimentTable ByLabels(IReadOnlyList<FewLabelsDraw> draws)
    {
        var amounts = draws.DistinctBy(d => d.Labels).ToList();
        var rows = FewLabelsMethod.All.Select(m => (IReadOnlyList<string>)
        [
            m.Name,
            .. amounts.Select(a => ExperimentTable.Percent(
                draws.Where(d => d.Method == m.Name && d.Labels == a.Labels).Select(d => d.Accuracy))),
            ExperimentTable.Paper(m.One), ExperimentTable.Paper(m.Ten),
        ]);
        return new ExperimentTable(["", .. amounts.Select(Amount), "paper, 1 %", "paper, 10 %"], [.. rows]);
    }

    /// <summary>Accuracy after each epoch that was scored; the last column is the end of training.</summary>
    public static ExperimentTable ByEpochs(IReadOnlyList<FewLabelsDraw> draws)
    {
        var trained = Trained(draws);
        var epochs = trained.SelectMany(t => Inner(t.Draws)).Distinct().Order().ToList();
        return new ExperimentTable(["epoch", .. epochs.Select(e => e.ToString(CultureInfo.InvariantCulture)), "last"],
            [.. trained.Select(t => (IReadOnlyList<string>)
            [
                t.Name,
                .. epochs.Select(e => Inner(t.Draws).Contains(e) ? At(t.Draws, e) : ""),
                $"{At(t.Draws, Last(t.Draws))} ({Last(t.Draws)})"
            ])]);

        static string At(IReadOnlyList<FewLabelsDraw> draws, int epoch) =>
            ExperimentTable.Percent(draws.Select(d => d.Curve.First(p => p.Epoch == epoch).Accuracy));
        static IEnumerable<int> Inner(IReadOnlyList<FewLabelsDraw> draws) => draws[0].Curve.SkipLast(1).Select(p => p.Epoch);
        static int Last(IReadOnlyList<FewLabelsDraw> draws) => draws[0].Curve[^1].Epoch;
    }

    public static string LabelsChart(string title, string test, IReadOnlyList<FewLabelsDraw> draws) =>
        LineChart.Draw(title, new Axis("labels", Logarithmic: true), Accuracy(test),
            [.. FewLabelsMethod.All.Select(m => new Series(m.Name,
                [.. draws.Where(d => d.Method == m.Name).GroupBy(d => d.Labeled).OrderBy(g => g.Key)
                    .Select(g => ((double)g.Key, 100 * g.Average(d => d.Accuracy)))]))]);

    public static string EpochsChart(string test, IReadOnlyList<FewLabelsDraw> draws) =>
        LineChart.Draw(
            "Training with labels: from BYOL's weights and from random ones", new Axis("epoch", Logarithmic: true), Accuracy(test),
            [.. Trained(draws).Select(t => new Series(t.Name,
                [.. t.Draws[0].Curve.Select((p, i) => ((double)p.Epoch, 100 * t.Draws.Average(d => d.Curve[i].Accuracy)))]))]);

    private static Axis Accuracy(string test) => new($"accuracy on {test}, %", Low: 0, High: 100);

    private static string Amount(FewLabelsDraw draw) => string.Create(CultureInfo.InvariantCulture, $"{draw.Labels} ({draw.Labeled:N0})");

    // Amount by amount, so that pretrained and untrained weights stand side by side.
    private static List<(string Name, IReadOnlyList<FewLabelsDraw> Draws)> Trained(IReadOnlyList<FewLabelsDraw> draws) =>
        [.. from amount in draws.DistinctBy(d => d.Labels)
            from method in FewLabelsMethod.All
            where method.IsTrained
            select ($"{method.Name}, {amount.Labels}",
                (IReadOnlyList<FewLabelsDraw>)[.. draws.Where(d => d.Method == method.Name && d.Labels == amount.Labels)])];
}
