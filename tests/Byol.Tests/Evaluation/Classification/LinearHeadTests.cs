using Byol.Evaluation;
using Byol.Evaluation.Classification;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation.Classification;

public sealed class LinearHeadTests
{
    [Fact]
    public void Standardization_is_folded_in()
    {
        using var scope = NewDisposeScope();
        using var bank = Clusters.Draw(120, 6, 3, seed: 1, spread: 2);
        var features = bank.Features * tensor(new float[] { 1, 100, 0.01f, 5, 1, 30 }) + 7;
        using var head = new LinearHead(3, balanced: false, warn: null).Fit(features, bank.Labels, Folds(bank.Labels));
        using var scale = Standardization.Of(features);
        using var standardized = scale.Apply(features);
        var c = Regularization.Choose(standardized, bank.Labels, 3, seed: 1);
        using var apart = LogisticRegression.Fit(standardized, bank.Labels, 3, c);
        TensorAssert.Close(apart.Scores(standardized), head.Classifier.Scores(features), 1e-3, "scores");
    }

    // Gaussian clouds of equal spread: a linear classifier is right about them, so that its probabilities can be.
    [Theory]
    [InlineData(60)]
    [InlineData(400)]
    public void Its_probabilities_hold_on_other_images(int count)
    {
        using var scope = NewDisposeScope();
        using var train = Clusters.Draw(count, 40, 4, seed: 1, spread: 5);
        using var test = Clusters.Draw(20_000, 40, 4, seed: 2, spread: 5);
        using var head = new LinearHead(4, balanced: true, warn: null).Fit(train.Features, train.Labels, Folds(train.Labels));
        Assert.InRange(Error(head, head.Calibration, test), 0, 0.08);
    }

    // Of the second class there are a half, of the third a quarter, of the fourth an eighth as many, there and here.
    [Fact]
    public void They_hold_where_classes_are_unequal_and_all_count_the_same_in_the_fit()
    {
        using var scope = NewDisposeScope();
        using var train = Unequal(Clusters.Draw(8000, 5, 4, seed: 1, spread: 2));
        using var test = Unequal(Clusters.Draw(40_000, 5, 4, seed: 2, spread: 2));
        using var head = new LinearHead(4, balanced: true, warn: null).Fit(train.Features, train.Labels, Folds(train.Labels));
        var error = Error(head, head.Calibration, test);
        Assert.InRange(error, 0, 0.03);

        // Which is the shift's doing: the best temperature without it.
        var logits = head.Classifier.Scores(test.Features).data<float>().ToArray();
        var without = Error(head, Calibration.Fit(logits, test.Labels, new double[4]), test);
        Assert.True(without > 2 * error + 0.01, $"{without} beside {error}");
    }

    private static FeatureBank Unequal(FeatureBank bank) =>
        bank.Select([.. Enumerable.Range(0, bank.Labels.Count).Where(i => i / 4 % (1 << bank.Labels[i]) == 0)]);

    private static double Error(CalibratedHead head, Calibration calibration, FeatureBank test)
    {
        var (p, probabilities, correct) = (new double[4], new List<double>(), new List<bool>());
        foreach (var (row, label) in head.Classifier.Scores(test.Features).data<float>().ToArray().Chunk(4).Zip(test.Labels))
        {
            calibration.Probabilities(row, p);
            probabilities.Add(p[Softmax.Largest<float>(row)]);
            correct.Add(Softmax.Largest<float>(row) == label);
        }
        return Reliability.Of(probabilities, correct).Error;
    }

    [Fact]
    public void Two_hundred_classes_of_two_images_are_told_apart() => AreToldApart(200);

    [Fact]
    [Nightly]
    public void So_are_a_thousand() => AreToldApart(1000);

    private static void AreToldApart(int classes)
    {
        using var scope = NewDisposeScope();
        using var train = Clusters.Draw(2 * classes, 64, classes, seed: 1, spread: 0.1f);
        using var test = Clusters.Draw(classes, 64, classes, seed: 2, spread: 0.1f);
        using var head = new LinearHead(classes, balanced: true, warn: null).Fit(train.Features, train.Labels, Folds(train.Labels, 2));
        Assert.True(Clusters.Accuracy(head.Classifier.Scores(test.Features), test) > 0.99);
    }

    [Fact]
    public void Where_nothing_can_be_held_out_the_defaults_hold()
    {
        using var scope = NewDisposeScope();
        using var bank = Clusters.Draw(3, 5, 3, seed: 1);
        using var head = new LinearHead(3, balanced: true, warn: null).Fit(bank.Features, bank.Labels, [0, 0, 0]);
        Assert.Equal(1, head.Calibration.Temperature);
        Assert.Equal(1, Clusters.Accuracy(head.Classifier.Scores(bank.Features), bank));
    }

    private static int[] Folds(IReadOnlyList<int> labels, int count = 5) => LabelSampler.Folds(labels, count, seed: 1);
}
