using System.Globalization;
using Byol.Evaluation;

namespace Byol.Comparison;

/// <summary>The labeled images of a comparison as every option meets them.</summary>
/// <param name="Tasks">One, or one a fold.</param>
/// <param name="Whole">Train and test; of folds all images as both. Its test images are classified.</param>
/// <param name="Images">The images that are classified, in the order of the tasks.</param>
/// <param name="Digest">Of names, labels and pixels.</param>
/// <param name="Classified">Digests of the images that are classified.</param>
/// <param name="Across">Images to classify that are near-duplicates of one to learn from.</param>
internal sealed record ComparedImages(
    IReadOnlyList<EvaluationTask> Tasks, EvaluationTask Whole, TestedImages Images, string Digest, IReadOnlySet<UInt128> Classified,
    int Across)
{
    private const int Folds = 5;

    /// <summary>What is classified by what, in a line.</summary>
    public string Description => Tasks.Count > 1
        ? Invariant($"{Whole.Test.Count:N0} images of {Whole.Test.Name}, each classified by the other {Tasks.Count - 1} of {Tasks.Count} ")
            + Invariant($"folds; {Whole.Test.Count - Images.Groups:N0} are near-duplicates of another and in its fold")
        : Invariant($"{Whole.Test.Count:N0} images of {Whole.Test.Name}, classified by {Whole.Train.Count:N0} of {Whole.Train.Name}");

    /// <summary>Finds near-duplicates, and draws folds where there are no images to classify.</summary>
    /// <param name="plan">Has the images.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">The labels do not allow it; one line: value, rule, remedy.</exception>
    public static ComparedImages Of(ComparisonPlan plan, CancellationToken cancellation)
    {
        var whole = new EvaluationTask(plan.Train, plan.Test ?? plan.Train);
        RequireAllClasses(whole);
        var groups = NearDuplicates.Groups(whole.Test, cancellation);
        var across = plan.Test is null ? 0 : NearDuplicates.Across(plan.Train, plan.Test, cancellation);
        var tasks = plan.Test is null ? EvaluationTask.Folds(plan.Train, groups, Folds, plan.Seed) : [whole];
        int[] order = plan.Test is null ? [.. tasks.SelectMany(t => t.Fold!.Test)] : [.. Enumerable.Range(0, groups.Length)];
        var isBalanced = whole.TestLabels.CountBy(l => l).Select(c => c.Value).Distinct().Count() == 1;
        var images = new TestedImages(
            [.. order.Select(i => whole.TestLabels[i])], [.. order.Select(i => groups[i])], balanced: !isBalanced);
        var (train, test) = (PixelDigests.Of(plan.Train, cancellation), PixelDigests.Of(whole.Test, cancellation));
        var digest = $"{PixelDigests.Together(plan.Train, train)}{(plan.Test is null ? "" : $" {PixelDigests.Together(plan.Test, test)}")}";
        return new ComparedImages(tasks, whole, images, digest, test.ToHashSet(), across);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void RequireAllClasses(EvaluationTask task)
    {
        if (task.TestLabels.Except(task.TrainLabels).ToList() is not [var missing, ..]) return;
        throw new ArgumentException($"Class {task.Classes[missing]} has images in {task.Test.Name} and none in {task.Train.Name}: no label "
            + "says what it looks like; add some, or leave the class out.");
    }
}
