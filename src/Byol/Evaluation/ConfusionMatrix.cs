
namespace Byol.Evaluation;

/// <summary>Counts of images by their true and predicted class.</summary>
public sealed class ConfusionMatrix
{
    internal ConfusionMatrix(IReadOnlyList<IReadOnlyList<int>> counts) =>
        Counts = counts;

    /// <summary>[true class][predicted class].</summary>
    public IReadOnlyList<IReadOnlyList<int>> Counts { get; }

    /// <summary>Counts predictions.</summary>
    /// <param name="labels">True class indices.</param>
    /// <param name="predicted">Predicted ones, in the same order.</param>
    /// <param name="classes">Number of classes.</param>
    internal static ConfusionMatrix Of(IReadOnlyList<int> labels, IReadOnlyList<int> predicted, int classes)
    {
        var counts = new int[classes][];
        for (var c = 0; c < classes; c++) counts[c] = new int[classes];
        for (var i = 0; i < labels.Count; i++) counts[labels[i]][predicted[i]]++;
        return new ConfusionMatrix(counts);
    }

    /// <summary>Adds matrices, for instance those of several draws.</summary>
    /// <param name="matrices">At least one, all with the same classes.</param>
    public static ConfusionMatrix Sum(IReadOnlyList<ConfusionMatrix> matrices) =>
        new([.. matrices[0].Counts.Select((row, t) => (IReadOnlyList<int>)[.. row.Select((_, p) => matrices.Sum(m => m.Counts[t][p]))])]);

    /// <summary>Images in all.</summary>
    internal int Total => Counts.Sum(row => row.Sum());

    /// <summary>The share of images that were classified correctly: top-1.</summary>
    internal double Accuracy => Enumerable.Range(0, Counts.Count).Sum(c => Counts[c][c]) / (double)Total;

    /// <summary>The mean recall of the classes that have images: every class counts the same, however many images it has.</summary>
    public double BalancedAccuracy => Recall.Where(double.IsFinite).Average();

    /// <summary>The recall of each class: the share of its images that were found; NaN if it has none.</summary>
    public IReadOnlyList<double> Recall => [.. Counts.Select((row, c) => row[c] / (double)row.Sum())];

    /// <summary>The precision of each class: the share of images predicted as it that are it; NaN if none was predicted as it.</summary>
    public IReadOnlyList<double> Precision => [.. Counts.Select((row, c) => row[c] / (double)Counts.Sum(r => r[c]))];
}
