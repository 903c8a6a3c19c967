using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>Conjugate gradients with a diagonal preconditioner (Nocedal and Wright, algorithm 5.3) for F systems at once.</summary>
internal static class ConjugateGradients
{
    /// <summary>Solves Hd = −g approximately. As it begins at 0 and H is positive, d leads downhill wherever it ends.</summary>
    /// <param name="product">H·v of F systems; [F,C,P] to [F,C,P].</param>
    /// <param name="gradient">g, [F,C,P] fp64.</param>
    /// <param name="preconditioner">M, about the diagonal of H, above 0; [F,1,P] or [F,C,P].</param>
    /// <param name="tolerance">The residual, √(rᵀM⁻¹r), at which a system counts as solved, relative to that at 0. The others go on until
    /// all are solved, and this one with them: it can only get better.</param>
    /// <param name="maxIterations">Products at most.</param>
    /// <returns>d, [F,C,P]; the caller's dispose scope owns it.</returns>
    public static Tensor Solve(Func<Tensor, Tensor> product, Tensor gradient, Tensor preconditioner, double tolerance, int maxIterations)
    {
        using var scope = NewDisposeScope();
        using Scalar one = 1, minusOne = -1;
        var solution = zeros_like(gradient);
        var residual = gradient.neg();
        var direction = residual.div(preconditioner);
        var size = Dot(residual, direction);             // rᵀM⁻¹r, [F,1,1]
        var enough = Sizes(size, tolerance * tolerance);
        for (var iteration = 0; iteration < maxIterations; iteration++)
        {
            using var inner = NewDisposeScope();
            var curved = product(direction);
            var step = Quotient(size, Dot(direction, curved));
            solution.addcmul_(step, direction, one);
            residual.addcmul_(step, curved, minusOne);
            var scaled = residual.div(preconditioner);
            var next = Dot(residual, scaled);
            if (Sizes(next, 1).Zip(enough).All(s => s.First <= s.Second)) break;
            direction.mul_(Quotient(next, size)).add_(scaled, one);
            size = next.MoveToOuterDisposeScope();
        }
        return solution.MoveToOuterDisposeScope();
    }

    private static Tensor Dot(Tensor a, Tensor b) => a.mul(b).sum([1, 2], keepdim: true);

    // 0/0 of a system that is solved to the last digit counts as 0.
    private static Tensor Quotient(Tensor a, Tensor b) => a.div(b).nan_to_num(0, 0, 0);

    private static double[] Sizes(Tensor sizes, double factor) => [.. sizes.data<double>().Select(s => s * factor)];
}
