using Byol.Data.Views;

namespace Byol.Evaluation;

/// <summary>The true shares that are compatible with a counted share (Wilson 1927).</summary>
public static class WilsonInterval
{
    private const double Normal95 = 1.959963984540054;   // 97.5 % of a normal distribution lie below it

    /// <summary>The 95 % interval of a share; within 0 and 1, and valid for small counts and for shares near 0 and 1 too.</summary>
    /// <param name="share">The counted share, 0 to 1.</param>
    /// <param name="count">The number that it was counted among, 1 or more.</param>
    public static Interval Of(double share, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        const double Z2 = Normal95 * Normal95;
        var center = (share + Z2 / (2 * count)) / (1 + Z2 / count);
        var half = Normal95 / (1 + Z2 / count) * Math.Sqrt(share * (1 - share) / count + Z2 / (4.0 * count * count));
        return new Interval(Math.Max(0, center - half), Math.Min(1, center + half));
    }
}
