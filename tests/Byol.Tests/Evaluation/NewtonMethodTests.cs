using Byol.Evaluation;
using CsCheck;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

public sealed class NewtonMethodTests
{
    private static readonly NewtonOptions Tight = new(Tolerance: 1e-12);

    [Theory]
    [MemberData(nameof(HardFeatures.Names), MemberType = typeof(HardFeatures))]
    public void The_default_tolerance_is_within_a_millionth_of_the_minimum_at_every_C(string name)
    {
        using var scope = NewDisposeScope();
        using var bank = HardFeatures.Named(name);
        foreach (var c in Regularization.Grid)
        {
            using var used = LogisticRegression.Fit(bank.Features, bank.Labels, bank.Classes.Count, c);
            using var tight = LogisticRegression.Fit(bank.Features, bank.Labels, bank.Classes.Count, c, Tight);
            Assert.True(used.Converged && tight.Converged, $"C = {c}: {used.Gap}, {tight.Gap}");
            var (reached, least) = (Objectives.Value(used, bank, c), Objectives.Value(tight, bank, c));
            Assert.InRange(reached, least * (1 - 1e-8), least * (1 + 1e-6));
        }
    }

    // Strong convexity: f − f* ≤ ‖∇f‖²/(2λ) where the gradient of the bias, which is not penalized, is nothing.
    [Fact]
    public void The_minimum_is_one_by_a_bound_that_does_not_ask_Newton() =>
        Gen.Select(Gen.Int[2, 4], Gen.Int[2, 12], Gen.Double[-2, 2], Gen.ULong).Sample((classes, dimensions, decade, seed) =>
        {
            using var scope = NewDisposeScope();
            using var bank = HardFeatures.Draw([.. Enumerable.Range(0, 40).Select(i => i % classes)], dimensions, 2, 0.5f, seed);
            var c = Math.Pow(10, decade);
            using var fitted = LogisticRegression.Fit(bank.Features, bank.Labels, classes, c, Tight);
            var theta = fitted.Parameters.unsqueeze(0);
            var objective = Objectives.Of(bank, 1 / (c * 40));
            var scores = objective.Scores(theta);
            var gradient = objective.Gradient(theta, scores.softmax(1));
            var gap = gradient.narrow(2, 0, dimensions).square().sum().item<double>() / 2 * (c * 40);
            Assert.InRange(gap, 0, 1e-6 * objective.Value(theta, scores).item<double>());
            Assert.True(gradient.select(2, dimensions).abs().max().item<double>() < 1e-6);
        }, iter: 30);

    [Fact]
    public void Fits_together_are_those_alone()
    {
        using var scope = NewDisposeScope();
        using var bank = HardFeatures.Named("unequal classes");
        using var axes = PrincipalAxes.Of(bank.Features);
        var n = bank.Labels.Count;
        double[] first = [.. Enumerable.Range(0, n).Select(i => i % 3 == 0 ? 0 : 1.0)], second = [.. Enumerable.Range(0, n).Select(i => i % 5 == 0 ? 0 : 1.0)];
        var both = Fit([first, second]);
        TensorAssert.Close(Fit([first])[0], both[0], 1e-5, "first");
        TensorAssert.Close(Fit([second])[0], both[1], 1e-5, "second");

        Tensor Fit(double[][] counts)
        {
            var weights = tensor(counts.SelectMany(c => c.Select(w => w / c.Sum())).ToArray()).reshape(counts.Length, n);
            var path = new RegularizationPath(axes.Features, LogisticRegression.Indices(bank.Labels), weights, 4);
            foreach (var c in new[] { 0.01, 0.1, 1 }) Assert.True(path.Advance(c, Tight).Converged);
            return path.Parameters;
        }
    }

    [Fact]
    public void The_limit_of_steps_is_kept_and_said()
    {
        using var scope = NewDisposeScope();
        using var bank = HardFeatures.Named("separable");
        using var fitted = LogisticRegression.Fit(bank.Features, bank.Labels, 4, 1, new NewtonOptions(MaxIterations: 1));
        Assert.False(fitted.Converged);
        Assert.True(fitted.Gap > 1e-7);
    }

    [Fact]
    public void The_same_features_give_the_same_classifier_to_the_bit()
    {
        using var scope = NewDisposeScope();
        using var bank = HardFeatures.Named("six decades");
        using var first = LogisticRegression.Fit(bank.Features, bank.Labels, 3, 10);
        using var second = LogisticRegression.Fit(bank.Features, bank.Labels, 3, 10);
        TensorAssert.Same(first.Parameters, second.Parameters, "parameters");
    }

    // H = AAᵀ + 1 for each of two systems.
    [Fact]
    public void Conjugate_gradients_solve_every_system() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 6], Gen.ULong).Sample((rows, columns, seed) =>
        {
            using var scope = NewDisposeScope();
            using var random = new Generator(seed);
            var n = rows * columns;
            var a = randn([2, n, n], dtype: ScalarType.Float64, generator: random);
            var h = a.bmm(a.transpose(1, 2)) + eye(n, dtype: ScalarType.Float64);
            var g = randn([2, rows, columns], dtype: ScalarType.Float64, generator: random);
            g[0] = 0;   // already solved
            Tensor Product(Tensor v) => h.bmm(v.reshape(2, n, 1)).reshape(2, rows, columns);
            var d = ConjugateGradients.Solve(Product, g, h.diagonal(0, 1, 2).reshape(2, rows, columns), 1e-10, 500);
            TensorAssert.Close(-g, Product(d), 1e-6, "H·d");
        }, iter: 50);
}
