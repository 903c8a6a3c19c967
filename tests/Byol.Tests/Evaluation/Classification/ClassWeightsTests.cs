using Byol.Evaluation;
using Byol.Evaluation.Classification;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation.Classification;

public sealed class ClassWeightsTests
{
    [Fact]
    public void They_are_scikit_learns_and_so_is_what_is_fitted_with_them()
    {
        using var scope = NewDisposeScope();
        using var all = Clusters.Draw(300, 8, 3, seed: 1, spread: 3);
        // Classes of 100, 25 and 10 images.
        int[] rows = [.. Enumerable.Range(0, 300).Where(i => i % 3 == 0 || (i % 3 == 1 && i < 75) || (i % 3 == 2 && i < 30))];
        using var bank = all.Select(rows);
        var answer = Oracle.Ask("classifier.py",
            [("features", bank.Features), ("labels", tensor(bank.Labels.Select(l => (long)l).ToArray()))], "weighted");

        Assert.Equal(answer["weights"].data<double>().ToArray(), ClassWeights.Balanced(bank.Labels, 3), (a, b) => Math.Abs(a - b) < 1e-12);
        using var axes = PrincipalAxes.Of(bank.Features);
        var shares = ClassWeights.Shares(bank.Labels, 3, null, balanced: true);
        using var fitted = LogisticRegression.Fit(axes, bank.Labels, 3, 0.5, new NewtonOptions(1e-12), shares);
        TensorAssert.Close(answer["coefficients"], fitted.Parameters.narrow(1, 0, 8), 1e-4, "coefficients");
        var biases = fitted.Parameters.select(1, 8);
        TensorAssert.Close(answer["intercepts"], biases - biases.mean(), 1e-4, "intercepts");
    }

    [Theory]
    [InlineData(true, new[] { 0.25, 0.25, 0, 0.5 })]
    [InlineData(false, new[] { 1 / 3.0, 1 / 3.0, 0, 1 / 3.0 })]
    public void An_image_that_a_fit_does_not_see_counts_nothing_and_a_class_that_is_absent_neither(bool balanced, double[] expected)
    {
        var shares = ClassWeights.Shares([0, 0, 1, 3], 5, [true, true, false, true], balanced);
        Assert.Equal(expected, shares, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([1, 1, 0], ClassWeights.Balanced([0, 1], 3));
    }
}
