using System.Globalization;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Evaluation;

namespace Byol.Comparison;

/// <summary>The images of a comparison. Every option meets the same ones, each with its files read as its encoder has them.</summary>
internal sealed class ComparedImages
{
    private const int Folds = 5;
    private readonly ComparisonPlan _plan;
    private readonly int[] _groups;                     // of the images that are classified: near-duplicates have one in common
    private readonly Dictionary<ImageOptions, IDataset> _data = [];
    private readonly Dictionary<ImageOptions, IReadOnlyList<EvaluationTask>> _tasks = [];

    /// <summary>Finds near-duplicates, and draws folds if there are no images to classify.</summary>
    /// <param name="plan">Has the images.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">The labels do not allow it; the message gives value, rule and remedy in one line.</exception>
    public ComparedImages(ComparisonPlan plan, CancellationToken cancellation)
    {
        _plan = plan;
        var usual = plan.FromRandom.Images;
        var train = plan.Train(usual);
        Whole = new EvaluationTask(train, plan.Test?.Invoke(usual) ?? train);
        RequireAllClasses(Whole);
        _groups = NearDuplicates.Groups(Whole.Test, cancellation);
        Across = plan.Test is null ? 0 : NearDuplicates.Across(train, Whole.Test, cancellation);
        var tasks = _tasks[usual] = Draw(train, plan.Test is null ? null : Whole.Test);
        int[] order = plan.Test is null ? [.. tasks.SelectMany(t => t.Fold!.Test)] : [.. Enumerable.Range(0, _groups.Length)];
        var isBalanced = Whole.TestLabels.CountBy(l => l).Select(c => c.Value).Distinct().Count() == 1;
        Images = new TestedImages(
            [.. order.Select(i => Whole.TestLabels[i])], [.. order.Select(i => _groups[i])], balanced: !isBalanced);
        var (learned, test) = (PixelDigests.Of(train, cancellation), PixelDigests.Of(Whole.Test, cancellation));
        Digest = $"{PixelDigests.Together(train, learned)}{(plan.Test is null ? "" : $" {PixelDigests.Together(Whole.Test, test)}")}";
        var known = PixelDigests.Of(Data(usual), cancellation);
        DataDigest = PixelDigests.Together(Data(usual), known);
        Distinct = test.Distinct().Count();
        PretrainedOn = test.Distinct().Count(known.ToHashSet().Contains);
    }

    /// <summary>Train and test; of folds all images as both. Its test images are classified.</summary>
    public EvaluationTask Whole { get; }

    /// <summary>The images that are classified, in the order of the tasks.</summary>
    public TestedImages Images { get; }

    /// <summary>Of names, labels and pixels.</summary>
    public string Digest { get; }

    /// <summary>The same of the images to pretrain on.</summary>
    public string DataDigest { get; }

    /// <summary>Images to classify that are near-duplicates of one to learn from.</summary>
    public int Across { get; }

    /// <summary>Images to classify that differ in a pixel.</summary>
    public int Distinct { get; }

    /// <summary>How many of these are among the images to pretrain on.</summary>
    public int PretrainedOn { get; }

    /// <summary>What is classified by what, in a line.</summary>
    public string Description => _plan.Test is null
        ? Invariant($"{Whole.Test.Count:N0} images of {Whole.Test.Name}, each classified by the other {Folds - 1} of {Folds} ")
            + Invariant($"folds; {Whole.Test.Count - Images.Groups:N0} are near-duplicates of another and in its fold")
        : Invariant($"{Whole.Test.Count:N0} images of {Whole.Test.Name}, classified by {Whole.Train.Count:N0} of {Whole.Train.Name}");

    /// <summary>Images to pretrain on.</summary>
    /// <param name="reading">How their files become pixels.</param>
    public IDataset Data(ImageOptions reading)
    {
        if (!_data.TryGetValue(reading, out var data)) _data[reading] = data = _plan.Data(reading);
        return data;
    }

    /// <summary>Images to learn from and to classify: one task, or one a fold.</summary>
    /// <param name="reading">How their files become pixels.</param>
    public IReadOnlyList<EvaluationTask> Tasks(ImageOptions reading)
    {
        if (!_tasks.TryGetValue(reading, out var tasks)) _tasks[reading] = tasks = Draw(_plan.Train(reading), _plan.Test?.Invoke(reading));
        return tasks;
    }

    private IReadOnlyList<EvaluationTask> Draw(IDataset train, IDataset? test) =>
        test is null ? EvaluationTask.Folds(train, _groups, Folds, _plan.Seed) : [new EvaluationTask(train, test)];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void RequireAllClasses(EvaluationTask task)
    {
        if (task.TestLabels.Except(task.TrainLabels).ToList() is not [var missing, ..]) return;
        throw new ArgumentException($"Class {task.Classes[missing]} has images in {task.Test.Name} and none in {task.Train.Name}, so no "
            + "classifier can learn it; add some, or leave the class out.");
    }
}
