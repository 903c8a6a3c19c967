namespace Byol.Comparison;

/// <summary>Student's t distribution.</summary>
internal static class StudentT
{
    private const double Tiny = 1e-300, Precise = 1e-15;
    private const int MostTerms = 10_000;

    // Lanczos' approximation of the gamma function with g = 7 (Godfrey 2001).
    private static readonly double[] Lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
        -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>P(T ≥ t).</summary>
    /// <param name="t">Any number.</param>
    /// <param name="degreesOfFreedom">ν, above 0; whole or not.</param>
    public static double Tail(double t, double degreesOfFreedom)
    {
        if (double.IsPositiveInfinity(t)) return 0;
        var half = Beta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5) / 2;
        return t >= 0 ? half : 1 - half;
    }

    /// <summary>The t beyond which a share of the distribution lies, found by halving.</summary>
    /// <param name="tail">0 to 1/2.</param>
    /// <param name="degreesOfFreedom">ν.</param>
    public static double Quantile(double tail, double degreesOfFreedom)
    {
        var (low, high) = (0.0, 1.0);
        while (Tail(high, degreesOfFreedom) > tail && high < 1e9) high *= 2;
        for (var i = 0; i < 100; i++)
        {
            var middle = (low + high) / 2;
            if (Tail(middle, degreesOfFreedom) > tail) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    /// <summary>The regularized incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22; Lentz' method).</summary>
    private static double Beta(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        if (x > (a + 1) / (a + b + 2)) return 1 - Beta(1 - x, b, a);
        var factor = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Math.Log(x) + b * Math.Log(1 - x)) / a;
        var (f, c, d) = (1.0, 1.0, 0.0);
        for (var i = 0; i <= MostTerms; i++)
        {
            var m = i / 2;
            var numerator = i == 0 ? 1
                : i % 2 == 0 ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / Away(1 + numerator * d);
            c = Away(1 + numerator / c);
            f *= c * d;
            if (Math.Abs(1 - c * d) < Precise) break;
        }
        return factor * (f - 1);
    }

    private static double Away(double value) => Math.Abs(value) < Tiny ? Tiny : value;

    private static double LogGamma(double z)
    {
        if (z < 0.5) return Math.Log(Math.PI / Math.Sin(Math.PI * z)) - LogGamma(1 - z);
        var (x, sum) = (z - 1, Lanczos[0]);
        for (var i = 1; i < Lanczos.Length; i++) sum += Lanczos[i] / (x + i);
        var t = x + Lanczos.Length - 1.5;
        return 0.5 * Math.Log(2 * Math.PI) + (x + 0.5) * Math.Log(t) - t + Math.Log(sum);
    }
}
