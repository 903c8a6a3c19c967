namespace Byol.Maps;

/// <summary>Eigenvalues of a small symmetric matrix, by Jacobi's rotations.</summary>
internal static class SymmetricEigen
{
    private const int Sweeps = 50;

    /// <summary>Values, largest first, and the vector of each.</summary>
    /// <param name="matrix">[n][n]; it is written over.</param>
    public static (double[] Values, double[][] Vectors) Of(double[][] matrix)
    {
        var n = matrix.Length;
        var vectors = Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Select(j => i == j ? 1.0 : 0).ToArray()).ToArray();
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var off = 0.0;
            for (var p = 0; p < n; p++)
            {
                for (var q = p + 1; q < n; q++)
                {
                    off += matrix[p][q] * matrix[p][q];
                    Rotate(matrix, vectors, p, q);
                }
            }
            if (off < 1e-28 * Enumerable.Range(0, n).Sum(i => matrix[i][i] * matrix[i][i])) break;
        }
        var order = Enumerable.Range(0, n).OrderByDescending(i => matrix[i][i]).ToArray();
        return ([.. order.Select(i => matrix[i][i])], [.. order.Select(i => vectors.Select(v => v[i]).ToArray())]);
    }

    private static void Rotate(double[][] m, double[][] vectors, int p, int q)
    {
        if (m[p][q] == 0) return;
        var theta = (m[q][q] - m[p][p]) / (2 * m[p][q]);
        var t = (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
        var c = 1 / Math.Sqrt(t * t + 1);
        var s = t * c;
        foreach (var row in m) (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
        for (var k = 0; k < m.Length; k++) (m[p][k], m[q][k]) = (c * m[p][k] - s * m[q][k], s * m[p][k] + c * m[q][k]);
        foreach (var row in vectors) (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
}
