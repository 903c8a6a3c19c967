using System.Globalization;
using Byol.Evaluation;

namespace Byol.Comparison;

/// <summary>An amount of labels that options are compared with.</summary>
/// <param name="Budget">The amount.</param>
/// <param name="Draws">Draws of it: one if all labels are used.</param>
/// <param name="Overlap">The part of its labels that a draw shares with another in the mean, 0 to 1.</param>
internal sealed record LabelAmount(LabelBudget Budget, int Draws, double Overlap)
{
    /// <summary>The amounts that the labels allow, the smallest first, and a line for each that they do not.</summary>
    /// <param name="tasks">One, or one a fold.</param>
    /// <param name="perClass">Labels of each class that are wanted.</param>
    /// <param name="draws">Draws of each.</param>
    public static (IReadOnlyList<LabelAmount> Amounts, IReadOnlyList<string> LeftOut) Of(
        IReadOnlyList<EvaluationTask> tasks, IReadOnlyList<int> perClass, int draws)
    {
        var counts = tasks.SelectMany(t => t.TrainLabels.CountBy(l => l).Select(c => (t.Classes[c.Key], c.Value))).ToList();
        var (name, smallest) = counts.MinBy(c => c.Value);
        var most = counts.Max(c => c.Value);
        var amounts = new List<LabelAmount>();
        var leftOut = new List<string>();
        foreach (var number in perClass.Distinct().Order())
        {
            if (number > smallest)
            {
                leftOut.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{number} labels a class are not compared: class {name} has {smallest} to learn from."));
            }
            else if (number < most)
            {
                amounts.Add(new LabelAmount(
                    new LabelBudget(null, number), draws, counts.Average(c => (double)number / c.Value)));
            }
        }
        amounts.Add(new LabelAmount(LabelBudget.All, 1, 0));
        return (amounts, leftOut);
    }
}
