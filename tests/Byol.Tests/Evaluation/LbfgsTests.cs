using Byol.Evaluation;
using CsCheck;

namespace Byol.Tests.Evaluation;

public sealed class LbfgsTests
{
    private static readonly LbfgsOptions Tight = new(GradientTolerance: 1e-9, MaxIterations: 500);

    // f(x) = Σ aᵢ(xᵢ − cᵢ)²/2 with curvatures over four decades.
    [Fact]
    public void A_quadratic_ends_at_its_centre() =>
        Gen.Double[-2, 2].Select(Gen.Double[-5, 5]).Array[1, 20].Sample(axes =>
        {
            var point = new double[axes.Length];
            var result = Lbfgs.Minimize(Quadratic, point, Tight);
            Assert.True(result.Converged);
            Assert.All(axes.Zip(point), a => Assert.Equal(a.First.Item2, a.Second, 1e-6));

            double Quadratic(double[] x, double[] gradient)
            {
                for (var i = 0; i < x.Length; i++) gradient[i] = Math.Pow(10, axes[i].Item1) * (x[i] - axes[i].Item2);
                return x.Select((_, i) => Math.Pow(10, axes[i].Item1) * Math.Pow(x[i] - axes[i].Item2, 2) / 2).Sum();
            }
        }, iter: 50);

    [Theory]
    [InlineData(-1.2, 1)]
    [InlineData(5, -5)]
    [InlineData(0, 0)]
    public void Rosenbrocks_valley_is_followed_to_its_end(double x, double y)
    {
        double[] point = [x, y];
        var result = Lbfgs.Minimize(Rosenbrock, point, Tight);
        Assert.True(result.Converged);
        Assert.Equal(1, point[0], 1e-6);
        Assert.Equal(1, point[1], 1e-6);
        Assert.InRange(result.Iterations, 1, 150);
    }

    [Fact]
    public void The_same_start_takes_the_same_way()
    {
        double[] first = [-1.2, 1], second = [-1.2, 1];
        Assert.Equal(Lbfgs.Minimize(Rosenbrock, first, Tight), Lbfgs.Minimize(Rosenbrock, second, Tight));
        Assert.Equal(first, second);
    }

    [Fact]
    public void A_minimum_is_left_as_it_is()
    {
        double[] point = [1, 1];
        Assert.Equal((0, true), (Lbfgs.Minimize(Rosenbrock, point, Tight).Iterations, Lbfgs.Minimize(Rosenbrock, point, Tight).Converged));
        Assert.Equal([1, 1], point);
    }

    [Fact]
    public void The_limit_of_steps_is_kept_and_said()
    {
        double[] point = [-1.2, 1];
        var result = Lbfgs.Minimize(Rosenbrock, point, Tight with { MaxIterations = 3 });
        Assert.Equal((3, false), (result.Iterations, result.Converged));
    }

    // log(x) is no number left of 0, where the first steps lead.
    [Fact]
    public void A_step_to_where_there_is_no_value_is_taken_back()
    {
        double[] point = [0.01];
        Lbfgs.Minimize((x, g) => { g[0] = 1 - 1 / x[0]; return x[0] - Math.Log(x[0]); }, point, Tight);
        Assert.Equal(1, point[0], 1e-6);
    }

    private static double Rosenbrock(double[] p, double[] gradient)
    {
        var (x, y) = (p[0], p[1]);
        gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
        gradient[1] = 200 * (y - x * x);
        return Math.Pow(1 - x, 2) + 100 * Math.Pow(y - x * x, 2);
    }
}
