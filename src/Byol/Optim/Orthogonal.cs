using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Optim;

/// <summary>The orthogonal factor UVᵀ of a matrix USVᵀ, roughly and by products alone: five Newton-Schulz steps X ← aX + (bXXᵀ + c(XXᵀ)²)X
/// (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/).</summary>
/// <remarks>The coefficients are Jordan's: singular values above a hundredth of the matrix's norm end between 0.68 and 1.14, smaller
/// ones below, and 0 stays 0. Exact ones train no better, he says.</remarks>
internal static class Orthogonal
{
    private const int Steps = 5;
    private const long SmallSide = 128;   // bf16 products of shorter sides take longer than fp32 ones, even with AMX
    private const float A = 3.4445f, B = -4.7750f, C = 2.0315f;

    /// <summary>Multiplications of <see cref="Of"/>.</summary>
    /// <param name="rows">r.</param>
    /// <param name="columns">c.</param>
    public static double Cost(long rows, long columns)
    {
        var (shorter, longer) = (Math.Min(rows, columns), Math.Max(rows, columns));
        return (double)Steps * shorter * shorter * (2 * longer + shorter);
    }

    /// <summary>Computes it.</summary>
    /// <param name="matrix">[r, c].</param>
    /// <param name="products">The type that large products are computed in; small ones are in the matrix's own.</param>
    /// <returns>[r, c], of the matrix's type.</returns>
    public static Tensor Of(Tensor matrix, ScalarType products)
    {
        using Scalar tiny = 1e-12;
        var (rows, columns) = (matrix.shape[0], matrix.shape[1]);
        var wide = rows <= columns;
        var unit = matrix.div(matrix.norm().clamp_min_(tiny)).to(Math.Min(rows, columns) < SmallSide ? matrix.dtype : products);
        var x = wide ? unit : unit.t();   // XXᵀ is the smaller product
        for (var step = 0; step < Steps; step++)
        {
            var square = mm(x, x.t());
            var polynomial = addmm(square, square, square, B, C);
            x = addmm(x, polynomial, x, A, 1);
        }
        return (wide ? x : x.t()).contiguous().to(matrix.dtype);
    }
}
