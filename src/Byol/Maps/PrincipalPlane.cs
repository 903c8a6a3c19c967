namespace Byol.Maps;

/// <summary>The plane of most variance, and where vectors lie on it: two principal components, by subspace iteration.</summary>
internal static class PrincipalPlane
{
    private const int Axes = 8, Rounds = 30;
    private const double Enough = 1e-6;        // relative change of the two variances between rounds

    /// <summary>Places of vectors on their plane.</summary>
    /// <param name="rows">N vectors.</param>
    /// <param name="cancellation">Cancels.</param>
    public static Places Of(UnitRows rows, CancellationToken cancellation = default)
    {
        var (n, d, q) = (rows.Count, rows.Dimension, Math.Min(Axes, Math.Min(rows.Count, rows.Dimension)));
        var mean = Mean(rows);
        // It begins with directions to some of the vectors themselves: nothing is drawn.
        var axes = new double[q][];
        for (var a = 0; a < q; a++)
        {
            var row = rows.Row((int)((long)a * n / q));
            axes[a] = new double[d];
            for (var i = 0; i < d; i++) axes[a][i] = row[i] - mean[i] + 1e-3 * ((i * 7919 + a * 104729) % 1000 / 1000.0 - 0.5);
        }
        var before = 0.0;
        double[][] places = [];
        for (var round = 0; round < Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            Orthonormalize(axes);
            places = Project(rows, mean, axes);
            var (values, turn) = SymmetricEigen.Of(Gram(places));
            (axes, places) = (Turned(axes, turn), Turned(places, turn));
            var variance = values[0] + (q > 1 ? values[1] : 0);
            if (Math.Abs(variance - before) <= Enough * variance) break;
            before = variance;
            if (round < Rounds - 1) axes = Back(rows, mean, places);
        }
        return new Places(Signed(places[0]), q > 1 ? Signed(places[1]) : new double[n]);
    }

    private static double[] Mean(UnitRows rows)
    {
        var mean = new double[rows.Dimension];
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows.Row(i);
            for (var d = 0; d < mean.Length; d++) mean[d] += row[d] / (double)rows.Count;
        }
        return mean;
    }

    // Coordinates of all vectors along the axes, [q][N].
    private static double[][] Project(UnitRows rows, double[] mean, double[][] axes)
    {
        var padded = Array.ConvertAll(axes, axis => Padded(axis, rows.Stride));
        var offsets = Array.ConvertAll(axes, axis => axis.Zip(mean, (a, m) => a * m).Sum());
        var places = Array.ConvertAll(axes, _ => new double[rows.Count]);
        Rows.For(rows.Count, i =>
        {
            var row = rows.Row(i);
            for (var a = 0; a < axes.Length; a++) places[a][i] = UnitRows.Dot(row, padded[a]) - offsets[a];
        });
        return places;
    }

    // Xᵀ times the coordinates, [q][D].
    private static double[][] Back(UnitRows rows, double[] mean, double[][] places)
    {
        var parts = Rows.Parts(rows.Count);
        var sums = new float[parts][][];
        Parallel.For(0, parts, part =>
        {
            sums[part] = Array.ConvertAll(places, _ => new float[rows.Stride]);
            for (var i = rows.Count * (long)part / parts; i < rows.Count * (long)(part + 1) / parts; i++)
            {
                for (var a = 0; a < places.Length; a++) UnitRows.AddScaled(rows.Row((int)i), (float)places[a][i], sums[part][a]);
            }
        });
        return [.. places.Select((place, a) =>
        {
            var total = place.Sum();
            return mean.Select((m, d) => sums.Sum(s => (double)s[a][d]) - total * m).ToArray();
        })];
    }

    private static double[][] Gram(double[][] places) =>
        Array.ConvertAll(places, a => Array.ConvertAll(places, b => a.Zip(b, (x, y) => x * y).Sum()));

    private static double[][] Turned(double[][] vectors, double[][] turn) => [.. turn.Select(weights =>
    {
        var sum = new double[vectors[0].Length];
        for (var a = 0; a < vectors.Length; a++)
        {
            for (var i = 0; i < sum.Length; i++) sum[i] += weights[a] * vectors[a][i];
        }
        return sum;
    })];

    private static void Orthonormalize(double[][] axes)
    {
        for (var a = 0; a < axes.Length; a++)
        {
            for (var twice = 0; twice < 2; twice++)
            {
                for (var b = 0; b < a; b++)
                {
                    var along = axes[a].Zip(axes[b], (x, y) => x * y).Sum();
                    for (var i = 0; i < axes[a].Length; i++) axes[a][i] -= along * axes[b][i];
                }
                var length = Math.Sqrt(axes[a].Sum(x => x * x));
                for (var i = 0; i < axes[a].Length; i++) axes[a][i] = length > 1e-30 ? axes[a][i] / length : 0;
            }
        }
    }

    private static float[] Padded(double[] axis, int stride)
    {
        var padded = new float[stride];
        for (var i = 0; i < axis.Length; i++) padded[i] = (float)axis[i];
        return padded;
    }

    // Either sign is right; the one whose farthest point is positive is taken.
    private static double[] Signed(double[] places) =>
        places.MaxBy(Math.Abs) < 0 ? Array.ConvertAll(places, p => -p) : places;
}
