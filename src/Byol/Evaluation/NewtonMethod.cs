using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>When a fit by <see cref="LogisticRegression"/> ends.</summary>
/// <param name="Tolerance">How far above its minimum the objective may be, relative to its value, by the estimate of Newton's method.</param>
/// <param name="MaxIterations">Newton steps at most.</param>
internal sealed record NewtonOptions(double Tolerance = 1e-7, int MaxIterations = 200);

/// <summary>Where Newton's method ended.</summary>
/// <param name="Gap">How far above its minimum the objective was before the last step, relative to its value: the largest of F.</param>
/// <param name="Iterations">Steps taken.</param>
/// <param name="Converged">Whether the gap of all F is within tolerance.</param>
internal sealed record NewtonResult(double Gap, int Iterations, bool Converged);

/// <summary>Minimizes <see cref="SoftmaxRegression"/> by Newton's method, its steps by conjugate gradients (Nocedal and Wright,
/// section 7.1, "line search Newton-CG").</summary>
/// <remarks>
/// The end is judged by the objective and not by the gradient: along axes of tiny variance the gradient is small far from the minimum.
/// With d the Newton step, half the decrement −gᵀd is the distance to the minimum of the local quadratic model (Boyd and Vandenberghe,
/// section 9.5.1). The estimate counts where the model holds: where the objective falls by about what the model says (the ratio ρ of
/// Nocedal and Wright, eq. 4.4). F objectives end together; those that are done earlier take further, ever smaller steps.
/// </remarks>
internal static class NewtonMethod
{
    // How well a step is solved for. On three sets of features 0.1 took up to a fifth more products, 0.5 up to a tenth fewer.
    private const double Forcing = 0.3;

    private const int MaxProducts = 2000;         // for one step; hundreds are needed where C is 10,000
    private const double Sufficient = 1e-4, Rounding = 1e-13, FarOff = 0.5;
    private const int Halvings = 30;

    /// <summary>Goes down to the minimum.</summary>
    /// <param name="objective">F of them.</param>
    /// <param name="theta">Where to begin, [F,C,P] fp64; holds the minimum afterwards.</param>
    /// <param name="scores">Those of <paramref name="theta"/>, before and afterwards, [F,C,N] fp64.</param>
    /// <param name="options">When to end.</param>
    public static NewtonResult Minimize(SoftmaxRegression objective, Tensor theta, Tensor scores, NewtonOptions options)
    {
        using var scope = NewDisposeScope();
        var value = objective.Value(theta, scores);
        var gap = double.PositiveInfinity;
        for (var iteration = 0; iteration < options.MaxIterations; iteration++)
        {
            using var inner = NewDisposeScope();
            using Scalar one = 1;
            var probabilities = nn.functional.softmax(scores, 1);
            var gradient = objective.Gradient(theta, probabilities);
            var rough = probabilities.to(ScalarType.Float32);
            var step = ConjugateGradients.Solve(
                v => objective.HessianProduct(v, rough), gradient, objective.Preconditioner(probabilities), Forcing, MaxProducts);
            var change = objective.Scores(step);
            var decrement = gradient.mul(step).sum([1, 2], keepdim: true).neg_();
            gap = decrement.div(value).data<double>().Max() / 2;

            var length = LineSearch(objective, theta, scores, value, step, change, decrement);
            theta.addcmul_(length, step, one);
            scores.addcmul_(length, change, one);
            var reached = objective.Value(theta, scores);
            if (gap <= options.Tolerance && AsPredicted(value, reached, decrement)) return new(gap, iteration + 1, true);
            value = reached.MoveToOuterDisposeScope();
        }
        return new(gap, options.MaxIterations, false);
    }

    // Whether each objective fell by half its decrement, about, as it does where the quadratic model holds.
    private static bool AsPredicted(Tensor before, Tensor after, Tensor decrement)
    {
        double[] from = [.. before.data<double>()], to = [.. after.data<double>()], predicted = [.. decrement.data<double>().Select(d => d / 2)];
        return Enumerable.Range(0, from.Length).All(i => Math.Abs(from[i] - to[i] - predicted[i]) <= FarOff * predicted[i] + Rounding * from[i]);
    }

    // Halves the steps of those objectives that do not fall enough (Armijo; Nocedal and Wright, algorithm 3.1). Scores are linear along
    // a step, so that no product with the features is needed.
    private static Tensor LineSearch(
        SoftmaxRegression objective, Tensor theta, Tensor scores, Tensor value, Tensor step, Tensor change, Tensor decrement)
    {
        using var scope = NewDisposeScope();
        using Scalar one = 1, half = 0.5, sufficient = -Sufficient, rounding = 1 + Rounding;
        var length = ones_like(value);
        var bound = value.mul(rounding);
        for (var halving = 0; halving < Halvings; halving++)
        {
            using var inner = NewDisposeScope();
            var reached = objective.Value(theta.addcmul(length, step, one), scores.addcmul(length, change, one));
            var enough = reached.le(bound.addcmul(length, decrement, sufficient));       // not a number is not enough
            if (enough.all().data<bool>()[0]) break;
            length.copy_(where(enough, length, length.mul(half)));
        }
        return length.MoveToOuterDisposeScope();
    }
}
