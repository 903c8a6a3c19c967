namespace Byol.Reports;

/// <summary>Round numbers along an axis: 1, 2 or 5 times a power of ten apart, or powers of ten where distances are ratios.</summary>
internal static class RoundTicks
{
    private const double Rounding = 1e-9;

    /// <summary>Numbers between two others.</summary>
    /// <param name="low">Where the axis begins.</param>
    /// <param name="high">Where it ends, above that.</param>
    /// <param name="most">About how many are wanted.</param>
    public static IReadOnlyList<double> Between(double low, double high, int most)
    {
        var step = Step((high - low) / most);
        var (first, last) = (Math.Ceiling(low / step - Rounding), Math.Floor(high / step + Rounding));
        return [.. Enumerable.Range(0, Math.Max(0, (int)(last - first) + 1)).Select(i => (first + i) * step)];
    }

    /// <summary>The same on a logarithmic axis: powers of ten, with 2 and 5 times these if there are few.</summary>
    public static IReadOnlyList<double> Ratios(double low, double high)
    {
        var (first, last) = ((int)Math.Floor(Math.Log10(low)), (int)Math.Ceiling(Math.Log10(high)));
        var powers = Enumerable.Range(first, last - first + 1).Select(p => Math.Pow(10, p)).ToList();
        var all = powers.Count > 3 ? powers : [.. powers.SelectMany(p => new[] { p, 2 * p, 5 * p })];
        return [.. all.Where(t => t >= low * (1 - Rounding) && t <= high * (1 + Rounding))];
    }

    /// <summary>The least round number that is no smaller.</summary>
    public static double Step(double least)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        var share = least / power;
        return power * (share <= 1 + Rounding ? 1 : share <= 2 + Rounding ? 2 : share <= 5 + Rounding ? 5 : 10);
    }
}
