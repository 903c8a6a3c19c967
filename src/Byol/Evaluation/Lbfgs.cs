using System.Numerics;
using System.Runtime.InteropServices;

namespace Byol.Evaluation;

/// <summary>When <see cref="Lbfgs"/> ends.</summary>
/// <param name="GradientTolerance">The largest component of the gradient at which a point counts as the minimum.</param>
/// <param name="MaxIterations">Steps at most.</param>
/// <param name="History">Pairs of steps and changes of gradient that the curvature is estimated from.</param>
public sealed record LbfgsOptions(double GradientTolerance = 1e-4, int MaxIterations = 1000, int History = 10);

/// <summary>Where <see cref="Lbfgs"/> ended.</summary>
/// <param name="Value">The objective there.</param>
/// <param name="Gradient">The largest component of its gradient.</param>
/// <param name="Iterations">Steps taken.</param>
/// <param name="Converged">Whether the gradient is within tolerance.</param>
public sealed record LbfgsResult(double Value, double Gradient, int Iterations, bool Converged);

/// <summary>Minimises a smooth function by L-BFGS (Nocedal and Wright, algorithms 7.4 and 7.5).</summary>
public static class Lbfgs
{
    private const double Sufficient = 1e-4, Curvature = 0.9;   // Nocedal and Wright, section 3.1
    private const int LineSearchTries = 40;

    /// <summary>A function of n variables.</summary>
    /// <param name="point">n values.</param>
    /// <param name="gradient">n values to fill.</param>
    /// <returns>The function's value.</returns>
    public delegate double Objective(double[] point, double[] gradient);

    /// <summary>Goes down from a point. The same input takes the same way to the bit.</summary>
    /// <param name="objective">What to minimise.</param>
    /// <param name="point">Where to begin; holds the minimum afterwards.</param>
    /// <param name="options">When to end.</param>
    /// <param name="curvature">What each variable's second derivative is about, all above 0:
    /// the better it is known, the fewer steps are needed. Null where it is not known.</param>
    public static LbfgsResult Minimize(Objective objective, double[] point, LbfgsOptions options, double[]? curvature = null)
    {
        var gradient = new double[point.Length];
        var value = objective(point, gradient);
        var pairs = new LinkedList<(double[] Step, double[] Change, double Rho)>();   // newest first
        for (var iteration = 0; ; iteration++)
        {
            var steepest = gradient.Length == 0 ? 0 : gradient.Max(Math.Abs);
            if (steepest <= options.GradientTolerance) return new(value, steepest, iteration, true);
            if (iteration == options.MaxIterations) return new(value, steepest, iteration, false);

            var direction = Direction(gradient, pairs, curvature);
            // Where nothing is known of the curvature at first: a step of length 1 at most.
            var first = pairs.Count == 0 && curvature is null ? Math.Min(1, 1 / gradient.Sum(Math.Abs)) : 1;
            if (LineSearch(objective, point, value, gradient, direction, first) is not { } next)
                return new(value, steepest, iteration, false);

            var step = Difference(next.Point, point);
            var change = Difference(next.Gradient, gradient);
            pairs.AddFirst((step, change, 1 / Dot(step, change)));   // the line search sees to step·change > 0
            if (pairs.Count > options.History) pairs.RemoveLast();
            next.Point.CopyTo(point, 0);
            (value, gradient) = (next.Value, next.Gradient);
        }
    }

    // −H∇f by the two-loop recursion; it begins with H₀ = γ·diag(1/curvature), γ from the newest pair (Nocedal and Wright, eq. 7.20).
    private static double[] Direction(
        double[] gradient, LinkedList<(double[] Step, double[] Change, double Rho)> pairs, double[]? curvature)
    {
        var q = (double[])gradient.Clone();
        var alphas = new Stack<double>();
        foreach (var (step, change, rho) in pairs)
        {
            var alpha = rho * Dot(step, q);
            Add(q, -alpha, change);
            alphas.Push(alpha);
        }
        if (curvature is not null) Divide(q, curvature);
        if (pairs.First is { Value: var newest })
        {
            var change = newest.Change;
            if (curvature is not null) Divide(change = (double[])change.Clone(), curvature);
            Scale(q, 1 / (newest.Rho * Dot(newest.Change, change)));
        }
        for (var pair = pairs.Last; pair is not null; pair = pair.Previous)
        {
            var (step, change, rho) = pair.Value;
            Add(q, alphas.Pop() - rho * Dot(change, q), step);
        }
        Scale(q, -1);
        return q;
    }

    // Bisection to a step that satisfies the weak Wolfe conditions (Lewis and Overton 2013, algorithm 2.6); null where rounding lets none.
    private static (double[] Point, double Value, double[] Gradient)? LineSearch(
        Objective objective, double[] from, double value, double[] gradient, double[] direction, double first)
    {
        var slope = Dot(gradient, direction);
        var (low, high, t) = (0.0, double.PositiveInfinity, first);
        for (var attempt = 0; attempt < LineSearchTries && slope < 0; attempt++)
        {
            var point = (double[])from.Clone();
            Add(point, t, direction);
            var there = new double[from.Length];
            var reached = objective(point, there);
            if (!(reached <= value + Sufficient * t * slope)) high = t;   // not a number counts as too far
            else if (Dot(there, direction) < Curvature * slope) low = t;
            else return (point, reached, there);
            t = double.IsInfinity(high) ? 2 * low : (low + high) / 2;
        }
        return null;
    }

    private static double Dot(double[] a, double[] b)
    {
        var x = MemoryMarshal.Cast<double, Vector<double>>(a.AsSpan());
        var y = MemoryMarshal.Cast<double, Vector<double>>(b.AsSpan());
        var sums = Vector<double>.Zero;
        for (var i = 0; i < x.Length; i++) sums += x[i] * y[i];
        var sum = Vector.Sum(sums);
        for (var i = x.Length * Vector<double>.Count; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    private static void Add(double[] target, double factor, double[] x)
    {
        var t = MemoryMarshal.Cast<double, Vector<double>>(target.AsSpan());
        var y = MemoryMarshal.Cast<double, Vector<double>>(x.AsSpan());
        for (var i = 0; i < t.Length; i++) t[i] += factor * y[i];
        for (var i = t.Length * Vector<double>.Count; i < target.Length; i++) target[i] += factor * x[i];
    }

    private static void Scale(double[] target, double factor)
    {
        for (var i = 0; i < target.Length; i++) target[i] *= factor;
    }

    private static void Divide(double[] target, double[] x)
    {
        for (var i = 0; i < target.Length; i++) target[i] /= x[i];
    }

    private static double[] Difference(double[] a, double[] b)
    {
        var difference = new double[a.Length];
        for (var i = 0; i < a.Length; i++) difference[i] = a[i] - b[i];
        return difference;
    }
}
