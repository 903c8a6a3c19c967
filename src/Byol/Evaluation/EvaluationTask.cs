using Byol.Data.Datasets;

namespace Byol.Evaluation;

/// <summary>A part of labeled images to classify, and all others to learn from.</summary>
/// <param name="Whole">All images.</param>
/// <param name="Train">Indices of those to learn from, in ascending order.</param>
/// <param name="Test">Indices of those to classify, in ascending order.</param>
internal sealed record Fold(IDataset Whole, IReadOnlyList<int> Train, IReadOnlyList<int> Test);

/// <summary>Labeled images to learn from and others to classify, with one numbering of the classes.</summary>
public sealed class EvaluationTask
{
    /// <summary>Pairs two datasets.</summary>
    /// <param name="train">Images whose labels may be learned from.</param>
    /// <param name="test">Images that are classified.</param>
    /// <exception cref="ArgumentException">One has no labels, the classes differ, or there is only one; the message gives value, rule and
    /// remedy in one line.</exception>
    public EvaluationTask(IDataset train, IDataset test)
    {
        RequireLabels(train);
        RequireLabels(test);
        Classes = ClassNames.Common(train.Classes, test.Classes) ?? throw new ArgumentException(
            $"{train.Name} has classes {Some(train.Classes)} and {test.Name} has {Some(test.Classes)}; both must have the same.");
        (Train, Test) = (train, test);
        (TrainLabels, TestLabels) = (Labels(train), Labels(test));
        if (TrainLabels.Distinct().Take(2).Count() < 2)
        {
            throw new ArgumentException(
                $"All images of {train.Name} are {Classes[TrainLabels[0]]}; "
                    + "a classifier needs at least two classes, each in a folder of its own.");
        }
    }

    private EvaluationTask(IDataset labeled, Fold fold)
        : this(new ExcludingDataset(labeled, fold.Test), new ExcludingDataset(labeled, fold.Train)) =>
        Fold = fold;

    /// <summary>Tasks of a cross-validation: every labeled image is classified once, by a classifier from the other folds.</summary>
    /// <param name="labeled">Images with labels.</param>
    /// <param name="groups">The group of each image: near-duplicates are kept in one fold (<see cref="NearDuplicates.Groups"/>).</param>
    /// <param name="folds">The number of tasks.</param>
    /// <param name="seed">Seeds the folds.</param>
    /// <exception cref="ArgumentException">There are no labels, or the images of a class all lie in one fold; the message gives value, rule
    /// and remedy in one line.</exception>
    public static IReadOnlyList<EvaluationTask> Folds(IDataset labeled, IReadOnlyList<int> groups, int folds, ulong seed)
    {
        RequireLabels(labeled);
        var labels = Labels(labeled);
        foreach (var members in Enumerable.Range(0, labels.Length).GroupBy(i => labels[i]).OrderBy(g => g.Key))
        {
            if (members.Select(i => groups[i]).Distinct().Take(2).Count() == 2) continue;
            var count = members.Count();
            throw new ArgumentException($"Class {labeled.Classes[members.Key]} of {labeled.Name} has {count} "
                + $"{(count == 1 ? "image" : "images, nearly the same picture")}; where folds are drawn a class needs two that differ, one to "
                + "learn from and one to classify; add images, leave the class out, or give test images of their own.");
        }
        var part = GroupedFolds.Draw(labels, groups, folds, seed);
        foreach (var members in Enumerable.Range(0, labels.Length).GroupBy(i => labels[i]))
        {
            if (members.Any(i => part[i] != part[members.First()])) continue;
            throw new ArgumentException($"All {members.Count()} images of class {labeled.Classes[members.Key]} of {labeled.Name} are in one "
                + "fold, because they are near-duplicates of images of other classes; check their labels, or give test images of their own.");
        }
        return [.. Enumerable.Range(0, folds).Select(f => new EvaluationTask(labeled, new Fold(
            labeled, [.. Places(p => p != f)], [.. Places(p => p == f)])))];

        IEnumerable<int> Places(Func<int, bool> isIn) => Enumerable.Range(0, part.Length).Where(i => isIn(part[i]));
    }

    /// <summary>The fold that it belongs to; null if other images are classified.</summary>
    internal Fold? Fold { get; }

    /// <summary>Images whose labels may be learned from.</summary>
    public IDataset Train { get; }

    /// <summary>Images that are classified.</summary>
    public IDataset Test { get; }

    /// <summary>Whether the classified images are the training images; the accuracy then says nothing about other images.</summary>
    public bool ClassifiesTrainingImages => SameImages.Are(Train, Test);

    /// <summary>Class names in label order, for both.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The accuracy of guessing each class equally often: 1/C.</summary>
    public double Chance => 1.0 / Classes.Count;

    /// <summary>The most frequent class among the images to classify; the first of several.</summary>
    public string MajorityClass => Classes[Majority.Key];

    /// <summary>The accuracy of always answering <see cref="MajorityClass"/>.</summary>
    public double MajorityShare => (double)Majority.Value / TestLabels.Count;

    private KeyValuePair<int, int> Majority => TestLabels.CountBy(l => l).OrderBy(c => c.Key).MaxBy(c => c.Value);

    /// <summary>Class indices of <see cref="Train"/>.</summary>
    internal IReadOnlyList<int> TrainLabels { get; }

    /// <summary>Class indices of <see cref="Test"/>.</summary>
    public IReadOnlyList<int> TestLabels { get; }

    private static void RequireLabels(IDataset data)
    {
        if (data.Classes.Count == 0)
            throw new ArgumentException($"{data.Name} has no labels; give images in a folder for each class, or tars with .cls files.");
        if (data.Count == 0) throw new ArgumentException($"{data.Name} has no images; give some.");
    }

    private static int[] Labels(IDataset data) =>
        [.. Enumerable.Range(0, data.Count).Select(i => data.Label(i)
            ?? throw new ArgumentException($"{data.ItemName(i)} in {data.Name} has no label; label it or remove it."))];

    private static string Some(IReadOnlyList<string> classes) => string.Join(", ", classes.Take(5)) + (classes.Count > 5 ? "…" : "");
}
