namespace Byol.Reports;

/// <summary>A picture of the spectra of representations, which shows how many directions they use.</summary>
public static class SpectrumChart
{
    private const double Least = 1e-8;     // what rounding leaves of a collapsed direction is not drawn

    /// <summary>Draws spectra, each as shares of its largest value.</summary>
    /// <param name="title">The title.</param>
    /// <param name="spectra">Their names, and their singular values, largest first.</param>
    /// <returns>An SVG file.</returns>
    public static string Draw(string title, IEnumerable<(string Name, IReadOnlyList<double> Values)> spectra) => LineChart.Draw(
        title, new Axis("singular value"), new Axis("share of the largest", Logarithmic: true, Low: Least, High: 1),
        [.. spectra.Select(s => new Series(s.Name, Relative(s.Values)))]);

    private static List<(double, double)> Relative(IReadOnlyList<double> spectrum) =>
        [.. spectrum.Select((value, i) => (i + 1.0, value / spectrum[0])).Where(p => p.Item2 >= Least)];
}
