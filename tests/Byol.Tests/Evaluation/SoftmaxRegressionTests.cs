using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

public sealed class SoftmaxRegressionTests
{
    private const double Step = 1e-4;

    [Fact]
    public void The_gradient_is_that_of_differences()
    {
        using var scope = NewDisposeScope();
        using var bank = Clusters.Draw(40, 4, 3, seed: 3);
        var objective = Objectives.Of(bank, penalty: 0.3);
        var theta = Theta();
        var gradient = objective.Gradient(theta, objective.Scores(theta).softmax(1));
        for (var i = 0; i < 15; i++)
        {
            var axis = Axis(i);
            double At(double by) => Objectives.Value(objective, theta + axis * by);
            Assert.Equal((At(Step) - At(-Step)) / (2 * Step), (gradient * axis).sum().item<double>(), 1e-7);
        }
    }

    [Fact]
    public void The_Hessian_product_is_that_of_differences_of_the_gradient()
    {
        using var scope = NewDisposeScope();
        using var bank = Clusters.Draw(40, 4, 3, seed: 3);
        var objective = Objectives.Of(bank, penalty: 0.3);
        var (theta, direction) = (Theta(), Theta().cos());
        Tensor Gradient(double by)
        {
            var there = theta + direction * by;
            return objective.Gradient(there, objective.Scores(there).softmax(1));
        }
        var product = objective.HessianProduct(direction, objective.Scores(theta).softmax(1).to(ScalarType.Float32));
        TensorAssert.Close((Gradient(Step) - Gradient(-Step)) / (2 * Step), product, 1e-5, "Hessian product");
    }

    // Where a class is certain up to 1e-9, p − p² in fp32 would be 0.
    [Fact]
    public void The_Hessian_product_stays_exact_where_the_class_is_certain()
    {
        using var scope = NewDisposeScope();
        using var bank = Clusters.Draw(40, 4, 3, seed: 3);
        var objective = Objectives.Of(bank, penalty: 0);
        var labels = tensor(bank.Labels.Select(l => (long)l).ToArray());
        var scores = nn.functional.one_hot(labels, 3).t().unsqueeze(0).to(ScalarType.Float64) * 20;   // [1,C,N]
        var (p, direction) = (scores.softmax(1), Theta().cos());
        var u = objective.Scores(direction);
        var slow = ((u - (p * u).sum(1, true)) * p / 40)[0].mm(cat([bank.Features, ones(40, 1)], 1).to(ScalarType.Float64));
        var product = objective.HessianProduct(direction, p.to(ScalarType.Float32))[0];
        Assert.True((product - slow).abs().max().item<double>() < 1e-4 * slow.abs().max().item<double>());
    }

    [Fact]
    public void The_preconditioner_is_the_diagonal_where_all_classes_are_as_likely()
    {
        using var scope = NewDisposeScope();
        using var bank = Clusters.Draw(40, 4, 3, seed: 3);
        var objective = Objectives.Of(bank, penalty: 0.3);
        var p = full([1, 3, 40], 1.0 / 3, ScalarType.Float64);
        var preconditioner = objective.Preconditioner(p);
        for (var i = 0; i < 15; i++)
        {
            var diagonal = (objective.HessianProduct(Axis(i), p.to(ScalarType.Float32)) * Axis(i)).sum().item<double>();
            Assert.Equal(diagonal, preconditioner[0, 0, i % 5].item<double>(), 1e-5);
        }
    }

    [Fact]
    public void Principal_axes_change_no_score_and_drop_what_repeats()
    {
        using var scope = NewDisposeScope();
        foreach (var name in new[] { "duplicate dimensions", "fewer images than dimensions" })
        {
            using var bank = HardFeatures.Named(name);
            using var axes = PrincipalAxes.Of(bank.Features);
            Assert.True(axes.Axes.shape[1] <= Math.Min(bank.Labels.Count, 100), $"{axes.Axes.shape[1]} axes");
            var theta = randn(2, axes.Axes.shape[1] + 1, ScalarType.Float64);
            var d = bank.Features.shape[1];
            var inDimensions = axes.ToDimensions(theta);
            var scores = bank.Features.to(ScalarType.Float64).mm(inDimensions.narrow(1, 0, d).t()) + inDimensions.select(1, d);
            TensorAssert.Close(axes.Features.to(ScalarType.Float64).mm(theta.t()), scores, 1e-5, name);
        }
        using var repeated = HardFeatures.Named("duplicate dimensions");
        using var ten = PrincipalAxes.Of(repeated.Features);
        Assert.Equal(10, ten.Axes.shape[1]);
    }

    private static Tensor Theta() => tensor(Enumerable.Range(0, 15).Select(i => Math.Sin(i)).ToArray()).reshape(1, 3, 5);

    private static Tensor Axis(int i)
    {
        var axis = zeros(15, ScalarType.Float64);
        axis[i] = 1;
        return axis.reshape(1, 3, 5);
    }
}
