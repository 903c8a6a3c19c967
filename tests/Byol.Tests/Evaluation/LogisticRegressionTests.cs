using System.Globalization;
using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

public sealed class LogisticRegressionTests
{
    [Theory]
    [InlineData(2, 0.1)]
    [InlineData(5, 0.01)]
    [InlineData(5, 1)]
    [InlineData(5, 100)]
    public void It_is_scikit_learns(int classes, double c)
    {
        using var scope = NewDisposeScope();
        using var train = Clusters.Draw(300, 12, classes, seed: 1, spread: 3);
        using var test = Clusters.Draw(1000, 12, classes, seed: 2, spread: 3);
        var answer = Ask(train, test.Features, c);

        using var tight = LogisticRegression.Fit(train.Features, train.Labels, classes, c, new NewtonOptions(1e-12));
        TensorAssert.Close(answer["coefficients"], tight.Parameters.narrow(1, 0, 12), 1e-3, "coefficients");
        var loss = answer["losses"].data<double>()[0];
        Assert.Equal(loss, Objectives.Value(tight, train, c), loss * 1e-7);

        // As it is used, with the default tolerance: within 0.2 points.
        using var used = LogisticRegression.Fit(train.Features, train.Labels, classes, c);
        var theirs = ConfusionMatrix.Of(test.Labels, [.. answer["predicted"].data<long>().Select(p => (int)p)], classes).Accuracy;
        Assert.Equal(theirs, Clusters.Accuracy(used.Scores(test.Features), test), 0.002);
    }

    [Fact]
    public void Weights_shrink_as_the_penalty_grows()
    {
        using var scope = NewDisposeScope();
        using var bank = Clusters.Draw(100, 6, 3, seed: 5);
        var sizes = new[] { 1e-4, 1e-2, 1, 100 }.Select(c => Size(c)).ToList();
        Assert.Equal(sizes.Order(), sizes);

        double Size(double c)
        {
            using var fitted = LogisticRegression.Fit(bank.Features, bank.Labels, 3, c);
            return fitted.Parameters.narrow(1, 0, 6).norm().item<double>();
        }
    }

    [Fact]
    public void A_class_without_images_is_never_predicted()
    {
        using var scope = NewDisposeScope();
        using var bank = Clusters.Draw(60, 5, 3, seed: 6);
        using var fitted = LogisticRegression.Fit(bank.Features, bank.Labels, 4, 1);
        Assert.All(ClassificationResult.Of(fitted.Scores(bank.Features), bank.Labels).Confusion.Counts, row => Assert.Equal(0, row[3]));
    }

    [Theory]
    [MemberData(nameof(HardFeatures.Names), MemberType = typeof(HardFeatures))]
    public void On_hard_features_the_objective_is_no_higher_than_scikit_learns_at_any_C(string name)
    {
        using var scope = NewDisposeScope();
        using var bank = HardFeatures.Named(name);
        IsNoHigherThanScikitLearns(bank);
    }

    [Fact]
    public void On_ImageNet_features_too()
    {
        using var scope = NewDisposeScope();
        using var bank = ImageNetFeatures.Read("train");
        using var scale = Standardization.Of(bank.Features);
        using var standardized = bank.WithFeatures(scale.Apply(bank.Features));
        IsNoHigherThanScikitLearns(standardized);
    }

    private static void IsNoHigherThanScikitLearns(FeatureBank bank)
    {
        var losses = Ask(bank, bank.Features, [.. Regularization.Grid])["losses"].data<double>().ToArray();
        Assert.All(Regularization.Grid.Zip(losses), at =>
        {
            using var scope = NewDisposeScope();
            using var fitted = LogisticRegression.Fit(bank.Features, bank.Labels, bank.Classes.Count, at.First);
            Assert.True(fitted.Converged);
            var excess = Objectives.Value(fitted, bank, at.First) / at.Second - 1;
            Assert.True(excess <= 1e-6, $"C = {at.First}: {excess:0.0e0} above scikit-learn's");
        });
    }

    private static Dictionary<string, Tensor> Ask(FeatureBank bank, Tensor queries, params double[] c) => Oracle.Ask(
        "logistic_regression.py",
        [("features", bank.Features), ("labels", tensor(bank.Labels.Select(l => (long)l).ToArray())), ("queries", queries)],
        [.. c.Select(value => value.ToString(CultureInfo.InvariantCulture))]);
}
