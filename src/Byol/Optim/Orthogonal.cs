using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Optim;

/// <summary>The orthogonal factor UVᵀ of a matrix USVᵀ, roughly and by products alone: five Newton-Schulz steps X ← aX + (bXXᵀ + c(XXᵀ)²)X
/// (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/).</summary>
/// <remarks>The coefficients are Jordan's: singular values above a hundredth of the matrix's norm end between 0.7 and 1.2, smaller ones
/// below, and 0 stays 0. Exact ones train no better, he says.</remarks>
internal static class Orthogonal
{
    private const int Steps = 5;
    private const float A = 3.4445f, B = -4.7750f, C = 2.0315f;

    /// <summary>Computes it.</summary>
    /// <param name="matrix">[r, c].</param>
    /// <param name="products">The type that products are computed in.</param>
    /// <returns>[r, c], of the matrix's type.</returns>
    public static Tensor Of(Tensor matrix, ScalarType products)
    {
        using Scalar tiny = 1e-12;
        var unit = matrix.div(matrix.norm().clamp_min_(tiny)).to(products);
        var wide = matrix.shape[0] <= matrix.shape[1];
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
