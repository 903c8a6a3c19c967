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
        var answer = Oracle.Ask("logistic_regression.py",
            [("features", train.Features), ("labels", tensor(train.Labels.Select(l => (long)l).ToArray())), ("queries", test.Features)],
            c.ToString(CultureInfo.InvariantCulture));

        using var tight = LogisticRegression.Fit(train.Features, train.Labels, classes, c, new LbfgsOptions(1e-7, 5000));
        TensorAssert.Close(answer["coefficients"], tight.Parameters.narrow(1, 0, 12), 1e-3, "coefficients");
        Assert.Equal(answer["loss"].item<double>(), Loss(tight, train, c), answer["loss"].item<double>() * 1e-5);

        // As it is used, with the default tolerance: within 0.2 points.
        using var used = LogisticRegression.Fit(train.Features, train.Labels, classes, c);
        var theirs = ConfusionMatrix.Of(test.Labels, [.. answer["predicted"].data<long>().Select(p => (int)p)], classes).Accuracy;
        Assert.Equal(theirs, Clusters.Accuracy(used.Scores(test.Features), test), 0.002);
    }

    [Fact]
    public void The_gradient_is_that_of_differences()
    {
        using var scope = NewDisposeScope();
        using var bank = Clusters.Draw(40, 4, 3, seed: 3);
        var objective = Objective(bank, penalty: 0.3);
        var theta = Enumerable.Range(0, 15).Select(i => Math.Sin(i)).ToArray();
        var gradient = new double[15];
        objective.Evaluate(theta, gradient);
        for (var i = 0; i < 15; i++)
        {
            const double step = 1e-3;
            double Shifted(double by) => objective.Evaluate([.. theta.Select((t, j) => j == i ? t + by : t)], new double[15]);
            Assert.Equal((Shifted(step) - Shifted(-step)) / (2 * step), gradient[i], 1e-4);
        }
    }

    [Fact]
    public void The_gradient_vanishes_at_the_optimum()
    {
        using var scope = NewDisposeScope();
        using var bank = Clusters.Draw(200, 6, 4, seed: 4, spread: 2);
        using var fitted = LogisticRegression.Fit(bank.Features, bank.Labels, 4, 1);
        var gradient = new double[7 * 4];
        Objective(bank, penalty: 1.0 / 200).Evaluate(fitted.Parameters.data<double>().ToArray(), gradient);
        Assert.All(gradient, g => Assert.Equal(0, g, 1.1e-4));
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
        Assert.All(Outcome.Of(fitted.Scores(bank.Features), bank.Labels).Confusion.Counts, row => Assert.Equal(0, row[3]));
    }

    private static SoftmaxRegression Objective(FeatureBank bank, double penalty) => new(
        bank.Features, LogisticRegression.Indices(bank.Labels), ones(bank.Labels.Count, ScalarType.Float64) / bank.Labels.Count,
        bank.Classes.Count, penalty);

    // scikit-learn's objective at our solution.
    private static double Loss(LinearClassifier fitted, FeatureBank bank, double c) =>
        c * bank.Labels.Count * Objective(bank, 1 / (c * bank.Labels.Count)).Evaluate(fitted.Parameters.data<double>().ToArray(),
            new double[fitted.Parameters.numel()]);
}
