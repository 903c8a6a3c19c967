using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

public sealed class ClassificationResultTests
{
    [Fact]
    public void A_confusion_matrix_counts_by_hand()
    {
        // Two cats, both found; four dogs, one taken for a cat, one for a fish; no fish.
        var matrix = ConfusionMatrix.Of([0, 0, 1, 1, 1, 1], [0, 0, 1, 1, 0, 2], 3);
        Assert.Equal([[2, 0, 0], [1, 2, 1], [0, 0, 0]], matrix.Counts);
        Assert.Equal((6, 4.0 / 6, 0.75), (matrix.Total, matrix.Accuracy, matrix.BalancedAccuracy));
        Assert.Equal([1, 0.5, double.NaN], matrix.Recall);
        Assert.Equal([2.0 / 3, 1, 0], matrix.Precision);
        var twice = ConfusionMatrix.Sum([matrix, matrix]);
        Assert.Equal([[4, 0, 0], [2, 4, 2], [0, 0, 0]], twice.Counts);
        Assert.Equal(matrix.Accuracy, twice.Accuracy);
    }

    [Fact]
    public void Top_5_counts_the_five_highest_and_of_equals_the_first()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 9f, 8, 7, 6, 5, 4, 3, /* */ 0, 0, 0, 0, 0, 0, 0 }).reshape(2, 7);
        Assert.Equal((1, 1), At(0, 0));
        Assert.Equal((0, 1), At(4, 4));
        Assert.Equal((0, 0.5), At(4, 5));
        Assert.Equal((0, 0), At(5, 6));

        (double Top1, double? Top5) At(params int[] labels) => (ClassificationResult.Of(scores, labels).Accuracy, ClassificationResult.Of(scores, labels).Top5);
    }

    [Fact]
    public void There_is_no_top_5_of_five_classes()
    {
        using var scope = NewDisposeScope();
        Assert.Null(ClassificationResult.Of(randn(3, 5), [0, 1, 2]).Top5);
        Assert.NotNull(ClassificationResult.Of(randn(3, 6), [0, 1, 2]).Top5);
    }

    [Fact]
    public void Scores_that_are_no_numbers_are_said()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArithmeticException>(() => ClassificationResult.Of(tensor(new[] { 1f, float.NaN }).reshape(1, 2), [0]));
    }
}
